import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { printable } from '../util/printable';

/** What takes a terminal back to the beginning of its line, or clears it: what stood there is drawn again. */
// eslint-disable-next-line no-control-regex -- Escape sequences are what this is about.
const REDRAW = /^.*(?:\r(?!\n)|\x1b\[1?G|\x1b\[[02]?K)/s;

/** Keeps what a process prints, line by line, in the end of a file: as it was when a line was finished, without colours and control characters. */
export class LogFile {
  private file: number | undefined;
  private line = '';
  private readonly restore: (() => void)[];

  /** @param streams whose output is kept from now on; it goes where it went, too */
  constructor(path: string, streams: readonly NodeJS.WriteStream[]) {
    this.file = opened(path);
    this.restore = streams.map((stream) => this.listen(stream));
  }

  /** Writes text that nobody printed. */
  write(text: string): void {
    const lines = (this.line + text).split('\n');
    this.line = (lines.pop() ?? '').replace(REDRAW, '');
    for (const line of lines) this.keep(line);
  }

  /** Stops listening. What stands on an unfinished line is kept, too. */
  close(): void {
    for (const stop of this.restore) stop();
    if (plain(this.line) !== '') this.keep(this.line);
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
      // Another run of this process may have begun to listen since: then this is only passed through.
      if (stream.write === listening) stream.write = write;
    };
  }

  private keep(line: string): void {
    if (this.file === undefined) return;
    try {
      writeSync(this.file, `${plain(line)}\n`);
    } catch {
      closeSync(this.file);
      this.file = undefined;
    }
  }
}

/** A file to append to. Where there can be none, such as on a full disk, training goes on without a log: what must be written tells it. */
function opened(path: string): number | undefined {
  try {
    // No link, which leads out of the run's folder, and no pipe, to open which waits for a reader.
    const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
    return openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK);
  } catch {
    return undefined;
  }
}

function plain(line: string): string {
  return printable(stripVTControlCharacters(line.replace(/\r$/, '').replace(REDRAW, '')));
}
