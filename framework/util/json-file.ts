import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import * as v from 'valibot';
import { UserError, messageOf } from '../errors';
import { checkFileIfThere } from './regular-file';
import { asideOf } from './aside';

/** Writes JSON aside and renames it, so that a reader sees the old file or the new one. */
export function writeJSON(path: string, content: unknown): void {
  const aside = asideOf(path);
  try {
    writeDurably(aside, `${JSON.stringify(content, null, 2)}\n`);
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

/** Bytes of a file that a disk gives out at once, at least. */
const BLOCK = 4096;

/**
 * Writes JSON over a file, for a disk that has no room for a copy beside it: what the file has already is enough.
 * @returns whether it is; nothing is changed otherwise
 */
export function overwriteJSON(path: string, content: unknown): boolean {
  const bytes = Buffer.from(`${JSON.stringify(content)}\n`);
  if (bytes.length > Math.ceil(statSync(path).size / BLOCK) * BLOCK) return false;
  const file = openSync(path, 'r+');
  try {
    writeSync(file, bytes, 0, bytes.length, 0);
    ftruncateSync(file, bytes.length);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return true;
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

/** What a file must hold, by a schema of valibot. */
export type Schema<T> = v.GenericSchema<unknown, T>;

/**
 * Reads JSON. All that is read from files passes here, so that nothing else need doubt it.
 * @throws UserError naming the file if it is missing or no JSON, and the key if that is not as the schema says
 */
export function readJSON<T>(path: string, schema: Schema<T>): T {
  return validated(parseFile(path), schema, path);
}

function parseFile(path: string): unknown {
  try {
    checkFileIfThere(path);
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${path} cannot be read: ${messageOf(error)}`);
  }
}

/** @param where it was found, for the message @throws UserError naming the first key that is not as the schema says */
export function validated<T>(found: unknown, schema: Schema<T>, where: string): T {
  const result = v.safeParse(schema, found, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const key = v.getDotPath(issue);
  const isMissing = key !== null && issue.received === 'undefined';
  const problem = isMissing ? 'it is missing' : `expected ${issue.expected ?? 'another value'}, got ${issue.received}`;
  throw new UserError(`${where} is damaged: ${key === null ? '' : `${key}: `}${problem}.`);
}
