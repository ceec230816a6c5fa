import { spawn } from 'node:child_process';
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { UserError, messageOf } from '../errors';
import { shellWord } from '../util/shell-word';
import { checkFileWritable } from '../util/writable';
import { isBeingWritten } from './status/attempt';
import type { RunFolder } from './run-folder';
import { asideOf } from '../util/aside';

/**
 * Packs a run, with its checkpoints, into one file by the system's `tar`; unpacked, it is a folder that every command takes.
 * @param file to be made: a .tar.gz
 * @returns its size in bytes
 * @throws UserError where the run is being written, the file is there already, or tar cannot make it
 */
export async function archiveRun(run: RunFolder, file: string): Promise<number> {
  const target = resolve(file);
  if (isBeingWritten(run)) throw new UserError(`${run.id} is running: what is packed now would not fit together.`);
  if (existsSync(target)) throw new UserError(`${file} is there already.`);
  checkFileWritable(target);
  const aside = asideOf(target);
  try {
    await tar(['-czf', aside, '-C', dirname(run.path), basename(run.path)]);
    renameSync(aside, target);
  } catch (error) {
    rmSync(aside, { force: true });
    throw new UserError(`${file} cannot be made: ${messageOf(error)}`);
  }
  return statSync(target).size;
}

/** The command that unpacks what `exportRun` made, as it is typed. */
export function unpackCommand(file: string): string {
  // To tar, what comes before a colon is a machine's name, and what begins with a dash an option.
  return `tar -xzf ${shellWord(/^(-|[^/]*:)/.test(file) ? `./${file}` : file)}`;
}

async function tar(args: readonly string[]): Promise<void> {
  const child = spawn('tar', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<number | null>((done, fail) => child.on('error', fail).on('close', done));
  const [code, said] = await Promise.all([ended, text(child.stderr)]);
  if (code !== 0) throw new Error(said.trim() || `tar ended with ${String(code)}`);
}
