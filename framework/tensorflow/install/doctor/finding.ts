import { UserError } from '../../../errors';
import { fileError } from '../../../util/file-errors';

/** One thing that the doctor looked at. */
export interface Finding {
  readonly name: string;
  /** 'unneeded': it is missing or could be better, and nothing fails for want of it. */
  readonly state: 'ok' | 'missing' | 'unneeded';
  readonly found: string;
  /** Commands or words that mend it. */
  readonly fix: readonly string[];
}

export function ok(name: string, found: string): Finding {
  return { name, state: 'ok', found, fix: [] };
}

export function missing(name: string, found: string, ...mend: readonly string[]): Finding {
  return { name, state: 'missing', found, fix: mend };
}

/** The same, as something that nothing fails for want of. */
export function optional(finding: Finding): Finding {
  return finding.state === 'missing' ? { ...finding, state: 'unneeded' } : finding;
}

/** Looks for something; a UserError says that it is missing, and its hints mend it. */
export async function look(name: string, find: () => string | Promise<string>): Promise<Finding> {
  try {
    return ok(name, await find());
  } catch (error) {
    const known = error instanceof UserError ? error : fileError(error);
    if (!known) throw error;
    return missing(name, known.message, ...known.hints);
  }
}
