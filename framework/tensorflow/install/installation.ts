import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../../errors';
import { truncationOf } from '../../install/truncation';
import { LIBRARIES } from './addon';
import { type Choice, currentChoice, sourceOf } from './choice';
import { ensure, type EnsureOptions } from '../../install/ensure';
import { type Installed, readRecord } from '../../install/record';
import type { TensorFlowParts } from './source';

/** A TensorFlow that is ready to be loaded; its paths are absolute. */
export type Installation = Installed<TensorFlowParts>;

/** The installation of the TensorFlow that is wanted, if it is complete. Takes a few milliseconds. */
export function findInstallation(choice: Choice = currentChoice()): Installation | undefined {
  const record = readRecord(sourceOf(choice));
  const installation = record && withFullPaths(record);
  return installation && existsSync(installation.library) && existsSync(installation.addon) ? installation : undefined;
}

/**
 * Makes sure that the TensorFlow that is wanted is installed.
 * @throws UserError that says what stood in the way, and the command that mends it
 */
export function ensureInstallation(choice: Choice = currentChoice(), options?: EnsureOptions): Promise<Installation> {
  return ensure(sourceOf(choice), () => findInstallation(choice), options);
}

function withFullPaths(record: Installation): Installation {
  const { folder, library, addon, python } = record;
  return {
    ...record,
    library: resolve(folder, library),
    addon: resolve(folder, addon),
    ...(python && { python: resolve(folder, python) }),
  };
}

/**
 * Makes sure that no library is cut short, which would end the process by SIGBUS when it is loaded. Takes less than a millisecond.
 * @throws UserError with the command that mends it
 */
export function checkLibraries({ library, addon, variant }: Pick<Installation, 'library' | 'addon' | 'variant'>): void {
  const files = [addon, ...LIBRARIES.map((name) => join(library, name))].filter((file) => existsSync(file));
  for (const file of files) {
    const problem = truncationOf(file);
    if (problem === undefined) continue;
    const isTheirs = variant === 'folder' && file !== addon;
    const hint = isTheirs ? 'Put it there again, or use another: exp setup --tensorflow PATH' : 'exp setup --force';
    throw new UserError(`${file} is damaged: ${problem}.`, { hints: [hint] });
  }
}
