import { closeSync, existsSync, fstatSync, fsyncSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';

/**
 * The lines of a file that several processes may append to.
 * @returns what each line says, `undefined` for one that is no JSON; an end without a line break is not read; nothing where there is no file
 */
export function readJSONLines(file: string): unknown[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8').split('\n').slice(0, -1).map(parsed);
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
