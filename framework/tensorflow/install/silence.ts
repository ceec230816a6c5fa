import { closeSync, fstatSync, openSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import koffi from 'koffi';
import { messageOf, UserError } from '../../errors';
import { relevantLines } from '../../install/child';
import { makeTemporaryFolder } from '../../util/temporary-folder';
import { commandName } from '../../util/command-name';

const STDERR = 2;

/**
 * Runs synchronous work with the process's standard error redirected to a file: TensorFlow's libraries write to it directly, partly
 * before they read any log setting.
 * @throws UserError with the redirected output if the work fails
 */
export function silently<T>(work: () => T): T {
  const libc = koffi.load(null);
  const dup = libc.func('int dup(int)') as (handle: number) => number;
  const dup2 = libc.func('int dup2(int, int)') as (from: number, to: number) => number;
  const file = openUnlinkedFile();
  const saved = dup(STDERR);
  dup2(file, STDERR);
  try {
    return work();
  } catch (error) {
    throw new UserError(`TensorFlow cannot be loaded: ${messageOf(error)}`, {
      hints: [...relevantLines(readContents(file), 5), `Check the installation: ${commandName()} doctor`],
      cause: error,
    });
  } finally {
    dup2(saved, STDERR);
    closeSync(saved);
    closeSync(file);
  }
}

/** Opens a temporary file that is already unlinked, so that it is removed with the process. */
function openUnlinkedFile(): number {
  const folder = makeTemporaryFolder('explab-');
  const file = openSync(join(folder, 'stderr'), 'w+');
  rmSync(folder, { recursive: true });
  return file;
}

function readContents(file: number): string {
  const buffer = Buffer.alloc(fstatSync(file).size);
  readSync(file, buffer, 0, buffer.length, 0);
  return buffer.toString();
}
