import { type Schema, validate } from './json-file';
import { closeSync, existsSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { checkFileIfThere } from './regular-file';

/**
 * Reads a JSON Lines file that several processes may append to.
 * @returns the value of each line, `undefined` for invalid JSON; without an unterminated last line; empty if the file does not exist
 */
export function readJSONLines(file: string): unknown[] {
  return [...jsonLines(file)];
}

/** The same as a generator, which also reads files that are too large for one string, in chunks. */
export function* jsonLines(file: string): Generator {
  for (const line of linesOf(file)) yield parse(line);
}

/** Bytes read at once. */
const CHUNK_BYTES = 1 << 24;

/** Maximum characters of a line; a longer one is not a valid record. */
const MAX_LINE_LENGTH = 1 << 24;
const INVALID_JSON = '\0';

/** The lines of a file, without an unterminated last line. */
export function* linesOf(file: string): Generator<string> {
  if (!existsSync(file)) return;
  checkFileIfThere(file);
  const descriptor = openSync(file, 'r');
  try {
    const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, fstatSync(descriptor).size + 1));
    const decoder = new StringDecoder('utf8');
    let rest = '';
    for (let count = readSync(descriptor, chunk); count > 0; count = readSync(descriptor, chunk)) {
      const lines = (rest + decoder.write(chunk.subarray(0, count))).split('\n');
      rest = lines.pop() ?? '';
      // An endless line, such as zeros from a disk, would exceed the maximum length of a string.
      if (rest.length > MAX_LINE_LENGTH) rest = INVALID_JSON;
      yield* lines;
    }
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Reads a file whose lines all have the same schema, skipping those that are not JSON.
 * @throws UserError naming the line that does not match the schema
 */
export function readRecords<T>(file: string, schema: Schema<T>): T[] {
  return readJSONLines(file).flatMap((line, index) =>
    line === undefined ? [] : [validate(line, schema, `${file}, line ${index + 1},`)],
  );
}

/** Appends a line in one write and waits until it is on disk. A torn last line of another process is terminated first. */
export function appendJSONLine(file: string, content: object): void {
  const descriptor = openSync(file, 'a+');
  try {
    writeSync(descriptor, `${isTorn(descriptor) ? '\n' : ''}${JSON.stringify(content)}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function isTorn(descriptor: number): boolean {
  const { size } = fstatSync(descriptor);
  const last = Buffer.alloc(1);
  return size > 0 && readSync(descriptor, last, 0, 1, size - 1) === 1 && last.toString() !== '\n';
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
