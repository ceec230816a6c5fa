import { closeSync, fstatSync, openSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import koffi from 'koffi';
import { messageOf, UserError } from '../../errors';
import { tellingLines } from '../../install/child';
import { makeTemporaryFolder } from '../../util/temporary-folder';

const STDERR = 2;

/**
 * Does synchronous work while the process's standard error goes to a file: TensorFlow's libraries write there past Node, some of it
 * before any setting of theirs is read.
 * @throws UserError with what was written there, where the work fails
 */
export function silently<T>(work: () => T): T {
  const libc = koffi.load(null);
  const dup = libc.func('int dup(int)') as (handle: number) => number;
  const dup2 = libc.func('int dup2(int, int)') as (from: number, to: number) => number;
  const file = openNameless();
  const saved = dup(STDERR);
  dup2(file, STDERR);
  try {
    return work();
  } catch (error) {
    throw new UserError(`TensorFlow cannot be loaded: ${messageOf(error)}`, {
      hints: [...tellingLines(contentsOf(file), 5), 'What is missing, and what mends it: exp doctor'],
      cause: error,
    });
  } finally {
    dup2(saved, STDERR);
    closeSync(saved);
    closeSync(file);
  }
}

/** A temporary file without a name, so that none is left behind. */
function openNameless(): number {
  const folder = makeTemporaryFolder('explab-');
  const file = openSync(join(folder, 'stderr'), 'w+');
  rmSync(folder, { recursive: true });
  return file;
}

function contentsOf(file: number): string {
  const buffer = Buffer.alloc(fstatSync(file).size);
  readSync(file, buffer, 0, buffer.length, 0);
  return buffer.toString();
}
