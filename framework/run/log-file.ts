import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { printable } from '../util/printable';

/** Terminal output that returns to the start of the line, or clears it, and the text before, which is overwritten. */
// eslint-disable-next-line no-control-regex -- Escape sequences are what this is about.
const REDRAW = /^.*(?:\r(?!\n)|\x1b\[1?G|\x1b\[[02]?K)/s;

/** Appends the output of a process to a file: finished lines, without colours and control characters. */
export class LogFile {
  private file: number | undefined;
  private line = '';
  private readonly restore: (() => void)[];

  /** @param streams whose output is copied from now on */
  constructor(path: string, streams: readonly NodeJS.WriteStream[]) {
    this.file = openForAppend(path);
    this.restore = streams.map((stream) => this.listen(stream));
  }

  /** Writes text that was not printed. */
  write(text: string): void {
    const lines = (this.line + text).split('\n');
    this.line = (lines.pop() ?? '').replace(REDRAW, '');
    for (const line of lines) this.append(line);
  }

  /** Stops copying, and writes the unfinished line, if any. */
  close(): void {
    for (const stop of this.restore) stop();
    if (plain(this.line) !== '') this.append(this.line);
    if (this.file !== undefined) closeSync(this.file);
  }

  private listen(stream: NodeJS.WriteStream): () => void {
    const write = Reflect.get(stream, 'write');
    let isListening = true;
    const listening = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
      if (isListening) this.write(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
      return Reflect.apply(write, stream, [chunk, ...rest]) as boolean;
    };
    stream.write = listening;
    return () => {
      isListening = false;
      // Another run of this process may have wrapped the stream since: then this wrapper stays and only forwards.
      if (stream.write === listening) stream.write = write;
    };
  }

  private append(line: string): void {
    if (this.file === undefined) return;
    try {
      writeSync(this.file, `${plain(line)}\n`);
    } catch {
      closeSync(this.file);
      this.file = undefined;
    }
  }
}

/** Opens a file to append to. If that fails, as on a full disk, training continues without a log: essential writes report the error. */
function openForAppend(path: string): number | undefined {
  try {
    // Not a link, which may lead out of the run's folder, and not a pipe, whose opening would block.
    const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
    return openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK);
  } catch {
    return undefined;
  }
}

function plain(line: string): string {
  return printable(stripVTControlCharacters(line.replace(/\r$/, '').replace(REDRAW, '')));
}
