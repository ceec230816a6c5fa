import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../../errors';
import { findTruncation } from '../../install/truncation';
import { PLATFORM } from './platform';
import { type Choice, currentChoice, sourceOf } from './choice';
import { ensure, type EnsureOptions } from '../../install/ensure';
import { type Installed, readRecord } from '../../install/record';
import type { TensorFlowParts } from './source';
import { commandName } from '../../util/command-name';

/** A TensorFlow that can be loaded; its paths are absolute. */
export type Installation = Installed<TensorFlowParts>;

/** Installation of the chosen TensorFlow; undefined if it is not complete. Takes a few milliseconds. */
export function findInstallation(choice: Choice = currentChoice()): Installation | undefined {
  const record = readRecord(sourceOf(choice));
  const installation = record && resolvePaths(record);
  return installation && existsSync(installation.library) && existsSync(installation.addon) ? installation : undefined;
}

/**
 * Installs the chosen TensorFlow if necessary.
 * @throws UserError with the cause of a failed installation and a command that fixes it
 */
export function ensureInstallation(choice: Choice = currentChoice(), options?: EnsureOptions): Promise<Installation> {
  return ensure(sourceOf(choice), () => findInstallation(choice), options);
}

function resolvePaths(record: Installation): Installation {
  const { folder, library, addon, python } = record;
  return {
    ...record,
    library: resolve(folder, library),
    addon: resolve(folder, addon),
    ...(python && { python: resolve(folder, python) }),
  };
}

/**
 * Checks that no library is truncated, which would kill the process by SIGBUS when it is loaded. Takes less than a millisecond.
 * @throws UserError with a command that fixes it
 */
export function checkLibraries({ library, addon, variant }: Pick<Installation, 'library' | 'addon' | 'variant'>): void {
  const files = [addon, ...PLATFORM.libraries.map((name) => join(library, name))].filter((file) => existsSync(file));
  for (const file of files) {
    const problem = findTruncation(file);
    if (problem === undefined) continue;
    const isUsersOwn = variant === 'folder' && file !== addon;
    const hint = isUsersOwn
      ? `Restore it, or use another TensorFlow: ${commandName()} setup --tensorflow PATH`
      : `${commandName()} setup --force`;
    throw new UserError(`${file} is damaged: ${problem}.`, { hints: [hint] });
  }
}
