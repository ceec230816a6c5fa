import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { UserError, messageOf } from '../errors';

/** Writes JSON aside and renames it, so that a reader sees the old file or the new one. */
export function writeJSON(path: string, content: unknown): void {
  const aside = `${path}.${process.pid}.tmp`;
  try {
    writeDurably(aside, `${JSON.stringify(content, null, 2)}\n`);
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

/** Waits until the disk has it. */
function writeDurably(path: string, text: string): void {
  const file = openSync(path, 'w');
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** @throws UserError naming the file where it is missing or no JSON */
export function readJSON(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UserError(`${path} cannot be read: ${messageOf(error)}`);
  }
}
