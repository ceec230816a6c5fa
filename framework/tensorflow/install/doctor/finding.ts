import { UserError } from '../../../errors';
import { fileError } from '../../../util/file-errors';

/** Result of one check of the doctor. */
export interface Finding {
  readonly name: string;
  /** 'unneeded': missing or suboptimal, but not required. */
  readonly state: 'ok' | 'missing' | 'unneeded';
  readonly found: string;
  /** Commands or instructions that fix it. */
  readonly fix: readonly string[];
}

export function ok(name: string, found: string): Finding {
  return { name, state: 'ok', found, fix: [] };
}

export function missing(name: string, found: string, ...fix: readonly string[]): Finding {
  return { name, state: 'missing', found, fix };
}

/** Marks a missing item as not required. */
export function optional(finding: Finding): Finding {
  return finding.state === 'missing' ? { ...finding, state: 'unneeded' } : finding;
}

/** Runs a check; a UserError means that the item is missing, and its hints are the fix. */
export async function look(name: string, find: () => string | Promise<string>): Promise<Finding> {
  try {
    return ok(name, await find());
  } catch (error) {
    const known = error instanceof UserError ? error : fileError(error);
    if (!known) throw error;
    return missing(name, known.message, ...known.hints);
  }
}
