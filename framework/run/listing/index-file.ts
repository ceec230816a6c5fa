import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { temporaryPath } from '../../util/temporary-path';

/** Index entry of a run. */
export interface IndexEntry {
  /** State of the files that it was created from. */
  readonly state: string;
  readonly status: string;
  /** An ISO time, used to sort lists. */
  readonly startedAt: string;
  /** Summary of the run as JSON. */
  readonly content: Buffer;
}

/** Magic text and version at the start of an index. It is followed by the size of the table. */
const HEADING = 'explab-runs 2 ';

/** The content of the index file; empty if it is missing or unreadable. */
function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
}

/**
 * Entries of an index file, by the runs' paths; empty if the file is missing or damaged. The file is a heading with the size of the table
 * and the CRC-32 of the rest, a table with a line for each run (path, state, status, time, size of its content), and the contents in that
 * order: for ten thousand runs these are ten megabytes, of which a list needs little.
 */
export function readIndex(file: string): Map<string, IndexEntry> {
  const bytes = bytesOf(file);
  const start = bytes.indexOf('\n') + 1;
  const heading = bytes.toString('utf8', 0, start);
  const [tableSize, sum] = heading.slice(HEADING.length).split(' ').map(Number);
  const isValid = heading.startsWith(HEADING) && sum === crc32(bytes.subarray(start));
  if (!isValid) return new Map<string, IndexEntry>();
  const contents = start + (tableSize ?? 0);
  const lines = bytes.toString('utf8', start, contents).split('\n').slice(0, -1);
  let end = contents;
  const entries = lines.map((line): [string, IndexEntry] => {
    const [path = '', state = '', status = '', startedAt = '', size] = line.split('\t');
    const from = end;
    end += Number(size);
    return [path, new FileEntry(bytes, from, end, state, status, startedAt)];
  });
  return end === bytes.length ? new Map(entries) : new Map<string, IndexEntry>();
}

class FileEntry implements IndexEntry {
  constructor(
    private readonly bytes: Buffer,
    private readonly from: number,
    private readonly to: number,
    readonly state: string,
    readonly status: string,
    readonly startedAt: string,
  ) {}

  get content(): Buffer {
    return this.bytes.subarray(this.from, this.to);
  }
}

/** Writes an index file atomically. Errors are ignored, since the index is only a cache. */
export function writeIndex(file: string, entries: ReadonlyMap<string, IndexEntry>): void {
  const contents = [...entries.values()].map(({ content }) => content);
  const lines = [...entries].map(([path, { state, status, startedAt }], index) =>
    [path, state, status, startedAt, `${contents[index]?.length ?? 0}\n`].join('\t'),
  );
  const table = Buffer.from(lines.join(''));
  const temporary = temporaryPath(file);
  try {
    const body = Buffer.concat([table, ...contents]);
    writeFileSync(temporary, Buffer.concat([Buffer.from(`${HEADING}${table.length} ${crc32(body)}\n`), body]));
    renameSync(temporary, file);
  } catch {
    rmSync(temporary, { force: true });
  }
}
