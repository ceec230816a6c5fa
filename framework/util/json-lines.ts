import { type Schema, validated } from './json-file';
import { closeSync, existsSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { checkFileIfThere } from './regular-file';

/**
 * The lines of a file that several processes may append to.
 * @returns what each line says, `undefined` for one that is no JSON; an end without a line break is not read; nothing where there is no file
 */
export function readJSONLines(file: string): unknown[] {
  return [...jsonLines(file)];
}

/** The same, one after the other: of a file that is larger than any text may be, a piece is held at a time. */
export function* jsonLines(file: string): Generator {
  for (const line of linesOf(file)) yield parsed(line);
}

/** Bytes that are read at once. */
const PIECE = 1 << 24;

/** Characters of a line, which is no point and no record beyond it. */
const MAX_LINE = 1 << 24;
const NO_JSON = '\0';

/** The lines of a file; an end without a line break is none. */
export function* linesOf(file: string): Generator<string> {
  if (!existsSync(file)) return;
  checkFileIfThere(file);
  const descriptor = openSync(file, 'r');
  try {
    const piece = Buffer.alloc(Math.min(PIECE, fstatSync(descriptor).size + 1));
    const decoder = new StringDecoder('utf8');
    let rest = '';
    for (let count = readSync(descriptor, piece); count > 0; count = readSync(descriptor, piece)) {
      const lines = (rest + decoder.write(piece.subarray(0, count))).split('\n');
      rest = lines.pop() ?? '';
      // A line without an end, as of a disk's zeros, would be longer than any text may be.
      if (rest.length > MAX_LINE) rest = NO_JSON;
      yield* lines;
    }
  } finally {
    closeSync(descriptor);
  }
}

/**
 * The lines of a file that are all of one kind; those that are no JSON are left out.
 * @throws UserError naming the line that is not as the schema says
 */
export function readRecords<T>(file: string, schema: Schema<T>): T[] {
  return readJSONLines(file).flatMap((line, index) =>
    line === undefined ? [] : [validated(line, schema, `${file}, line ${index + 1},`)],
  );
}

/** Appends a line in one write and waits until the disk has it. What another process left unfinished becomes a line of its own. */
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

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
