import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
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
