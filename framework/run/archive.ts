import { spawn } from 'node:child_process';
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { UserError, messageOf } from '../errors';
import { shellWord } from '../util/shell-word';
import { checkFileWritable } from '../util/writable';
import { isBeingWritten } from './status/attempt';
import type { RunFolder } from './run-folder';
import { temporaryPath } from '../util/temporary-path';

/**
 * Archives a run with its checkpoints by the system's `tar`; every command accepts the unpacked folder.
 * @param file to create: a .tar.gz
 * @returns its size in bytes
 * @throws UserError if the run is being written, the file exists, or tar fails
 */
export async function archiveRun(run: RunFolder, file: string): Promise<number> {
  const target = resolve(file);
  if (isBeingWritten(run)) throw new UserError(`${run.id} is running: the archive would be inconsistent.`);
  if (existsSync(target)) throw new UserError(`${file} already exists.`);
  checkFileWritable(target);
  const temporary = temporaryPath(target);
  try {
    await tar(['-czf', temporary, '-C', dirname(run.path), basename(run.path)]);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new UserError(`${file} cannot be created: ${messageOf(error)}`);
  }
  return statSync(target).size;
}

/** Shell command that unpacks the file of `archiveRun`. */
export function unpackCommand(file: string): string {
  // tar takes text before a colon for a host name, and a leading dash for an option.
  return `tar -xzf ${shellWord(/^(-|[^/]*:)/.test(file) ? `./${file}` : file)}`;
}

async function tar(args: readonly string[]): Promise<void> {
  const child = spawn('tar', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<number | null>((done, fail) => child.on('error', fail).on('close', done));
  const [code, stderr] = await Promise.all([ended, text(child.stderr)]);
  if (code !== 0) throw new Error(stderr.trim() || `tar exited with ${String(code)}`);
}
