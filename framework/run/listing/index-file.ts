import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** What an index keeps of a run. */
export interface IndexEntry {
  /** The state of the files that it was made from. */
  readonly state: string;
  readonly status: string;
  /** JSON, which has no line breaks and no tabs. */
  readonly content: Buffer;
}

/** The first line: an index that was written otherwise begins otherwise. */
const HEADING = 'explab-runs 1';
const [TAB, NEWLINE] = [9, 10];

/** The entries of an index file, by the runs' paths; none where there is no such file, or it is none of ours. */
export function readIndex(file: string): Map<string, IndexEntry> {
  const entries = new Map<string, IndexEntry>();
  if (!existsSync(file)) return entries;
  // Texts are made of the few bytes that are wanted: of ten thousand runs there are some megabytes.
  const bytes = readFileSync(file);
  if (bytes.toString('utf8', 0, bytes.indexOf(NEWLINE)) !== HEADING) return entries;
  for (let start = HEADING.length + 1, end; (end = bytes.indexOf(NEWLINE, start)) >= 0; start = end + 1) {
    const line = bytes.subarray(start, end);
    const content = line.lastIndexOf(TAB);
    const [path, state, status] = line.toString('utf8', 0, content).split('\t');
    if (path === undefined || state === undefined || status === undefined) continue;
    entries.set(path, { state, status, content: line.subarray(content + 1) });
  }
  return entries;
}

/** Writes an index file aside and renames it. Where that cannot be, there is none: it only saves time. */
export function writeIndex(file: string, entries: ReadonlyMap<string, IndexEntry>): void {
  const aside = `${file}.${process.pid}.tmp`;
  const lines = [...entries].flatMap(([path, { state, status, content }]) => [
    Buffer.from([path, state, status, ''].join('\t')),
    content,
    Buffer.of(NEWLINE),
  ]);
  try {
    writeFileSync(aside, Buffer.concat([Buffer.from(`${HEADING}\n`), ...lines]));
    renameSync(aside, file);
  } catch {
    rmSync(aside, { force: true });
  }
}
