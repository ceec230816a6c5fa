import { type Stats, existsSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isBeingWritten } from '../status/attempt';
import { foldersOfRuns } from '../find-run';
import { BY_ID } from '../newest-first';
import type { RunFolder } from '../run-folder';
import { type IndexEntry, readIndex, writeIndex } from './index-file';
import { type RunSummary, needsJobQuery, summarizeRun } from './run-summary';

/** A run of a list. */
export interface ListedRun {
  readonly folder: RunFolder;
  /** An ISO time. */
  readonly startedAt: string;
  /** Made when it is first read. */
  readonly summary: RunSummary;
  /** Whether only its launcher knows how it stands. */
  readonly isUnsettled: boolean;
}

/** A run whose files cannot be read. */
export interface BrokenRun {
  readonly folder: RunFolder;
  readonly error: Error;
}

/**
 * Every run below a folder, the newest first. The file `.index` there keeps their summaries; those are read again whose files have
 * changed since, or which are going on. It may be removed at any time.
 */
export function listRuns(root: string): { runs: ListedRun[]; broken: BrokenRun[] } {
  const file = join(root, '.index');
  const index = new RunIndex(readIndex(file));
  const [runs, broken]: [ListedRun[], BrokenRun[]] = [[], []];
  for (const folder of foldersOfRuns(root)) {
    try {
      const run = index.list(relative(root, folder.path), folder);
      if (run) runs.push(run);
    } catch (error) {
      broken.push({ folder, error: error as Error });
    }
  }
  if (index.hasChanged) writeIndex(file, index.kept);
  return { runs: runs.sort(byStart), broken };
}

/** The newest first. */
function byStart(one: ListedRun, other: ListedRun): number {
  if (one.startedAt !== other.startedAt) return one.startedAt < other.startedAt ? 1 : -1;
  return BY_ID.compare(other.folder.id, one.folder.id);
}

/** The entries of an index, of which those that are true are kept, and others made. */
class RunIndex {
  readonly kept = new Map<string, IndexEntry>();
  private made = 0;

  constructor(private readonly found: ReadonlyMap<string, IndexEntry>) {}

  /** Whether what is kept is other than what was found. */
  get hasChanged(): boolean {
    return this.made > 0 || this.kept.size < this.found.size;
  }

  /** A folder as a run; nothing where it is none. */
  list(path: string, folder: RunFolder): ListedRun | undefined {
    const state = stateOf(folder);
    if (state === undefined) return undefined;
    const entry = this.found.get(path);
    if (entry?.state === state && !(entry.status === 'dead' && isBeingWritten(folder))) {
      this.kept.set(path, entry);
      return new FromIndex(folder, entry);
    }
    const summary = summarizeRun(folder);
    // What is said of a run that is going on is true only now.
    const waits = needsJobQuery(folder, summary.status);
    if (summary.status !== 'running' && !waits) this.keep(path, state, summary);
    return { folder, summary, startedAt: summary.startedAt, isUnsettled: waits };
  }

  private keep(path: string, state: string, summary: RunSummary): void {
    const { status, startedAt } = summary;
    this.kept.set(path, { state, status, startedAt, content: Buffer.from(JSON.stringify(summary)) });
    this.made++;
  }
}

class FromIndex implements ListedRun {
  readonly isUnsettled = false;
  private parsed: RunSummary | undefined;

  constructor(
    readonly folder: RunFolder,
    private readonly entry: IndexEntry,
  ) {}

  get startedAt(): string {
    return this.entry.startedAt;
  }

  get summary(): RunSummary {
    return (this.parsed ??= JSON.parse(this.entry.content.toString()) as RunSummary);
  }
}

/**
 * What changes whenever a run's record or labels do. A run that is going on aside, its other files change with its record.
 * @returns nothing where there is no record
 */
function stateOf({ record, labels }: RunFolder): string | undefined {
  const stats = statSync(record, { throwIfNoEntry: false });
  if (!stats) return undefined;
  // Few runs have labels, and to look whether one has is cheaper than to ask for what is not there.
  return existsSync(labels) ? `${textOf(stats)}/${textOf(statSync(labels))}` : textOf(stats);
}

function textOf({ mtimeMs, size, ino }: Stats): string {
  return `${mtimeMs}-${size}-${ino}`;
}
