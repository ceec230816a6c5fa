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
import { temporaryPath } from './temporary-path';

/** Writes JSON under a temporary name and renames it, so that a reader sees the old or the new file. */
export function writeJSON(path: string, content: unknown): void {
  const temporary = temporaryPath(path);
  try {
    writeDurably(temporary, `${JSON.stringify(content, null, 2)}\n`);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Minimum allocation unit of a disk, in bytes. */
const BLOCK = 4096;

/**
 * Overwrites a file with JSON in place, for a full disk: uses only the space already allocated to the file.
 * @returns whether the content fits; otherwise the file is unchanged
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

/** Writes a file and waits until it is on disk. */
function writeDurably(path: string, text: string): void {
  const file = openSync(path, 'w');
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Valibot schema of a file's contents. */
export type Schema<T> = v.GenericSchema<unknown, T>;

/**
 * Reads and validates JSON. All JSON files are read by this function, so that no other code has to validate them.
 * @throws UserError naming the file if it is missing or not JSON, and the key if it does not match the schema
 */
export function readJSON<T>(path: string, schema: Schema<T>): T {
  return validate(parseFile(path), schema, path);
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

/** @param location source of the value, for the message @throws UserError naming the first key that does not match the schema */
export function validate<T>(value: unknown, schema: Schema<T>, location: string): T {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const key = v.getDotPath(issue);
  const isMissing = key !== null && issue.received === 'undefined';
  const problem = isMissing ? 'it is missing' : `expected ${issue.expected ?? 'another value'}, got ${issue.received}`;
  throw new UserError(`${location} is damaged: ${key === null ? '' : `${key}: `}${problem}.`);
}
