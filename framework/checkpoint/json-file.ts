import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { UserError, messageOf } from '../errors';

/** Writes JSON aside and renames it, so that a reader sees the old file or the new one. */
export function writeJSON(path: string, content: unknown): void {
  const aside = `${path}.${process.pid}.tmp`;
  const file = openSync(aside, 'w');
  try {
    writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(aside, path);
}

/** @throws UserError naming the file where it is missing or no JSON */
export function readJSON(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UserError(`${path} cannot be read: ${messageOf(error)}`);
  }
}
