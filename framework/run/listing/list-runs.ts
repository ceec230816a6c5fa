import { type Stats, existsSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isBeingWritten } from '../status/attempt';
import { foldersOfRuns } from '../find-run';
import { BY_ID } from '../newest-first';
import type { RunFolder } from '../run-folder';
import { type IndexEntry, readIndex, writeIndex } from './index-file';
import { type RunSummary, needsJobQuery, summarizeRun } from './run-summary';

/** A run in a list. */
export interface ListedRun {
  readonly folder: RunFolder;
  /** An ISO time. */
  readonly startedAt: string;
  /** Created at the first access. */
  readonly summary: RunSummary;
  /** True if its status must be queried from its launcher. */
  readonly isUnsettled: boolean;
}

/** A run whose files cannot be read. */
export interface BrokenRun {
  readonly folder: RunFolder;
  readonly error: Error;
}

/**
 * Lists all runs in a folder, latest first. The file `.index` there caches their summaries, except of active runs and of runs whose files
 * have changed. It may be removed at any time.
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

/** Latest first. */
function byStart(one: ListedRun, other: ListedRun): number {
  if (one.startedAt !== other.startedAt) return one.startedAt < other.startedAt ? 1 : -1;
  return BY_ID.compare(other.folder.id, one.folder.id);
}

/** An index of which valid entries are kept, and the others are recreated. */
class RunIndex {
  readonly kept = new Map<string, IndexEntry>();
  private created = 0;

  constructor(private readonly old: ReadonlyMap<string, IndexEntry>) {}

  /** True if the kept entries differ from the old ones. */
  get hasChanged(): boolean {
    return this.created > 0 || this.kept.size < this.old.size;
  }

  /** A folder as a run; undefined if it is not a run. */
  list(path: string, folder: RunFolder): ListedRun | undefined {
    const state = stateOf(folder);
    if (state === undefined) return undefined;
    const entry = this.old.get(path);
    if (entry?.state === state && !(entry.status === 'dead' && isBeingWritten(folder))) {
      this.kept.set(path, entry);
      return new FromIndex(folder, entry);
    }
    const summary = summarizeRun(folder);
    // The summary of an active run is not cached.
    const isUnsettled = needsJobQuery(folder, summary.status);
    if (summary.status !== 'running' && !isUnsettled) this.keep(path, state, summary);
    return { folder, summary, startedAt: summary.startedAt, isUnsettled };
  }

  private keep(path: string, state: string, summary: RunSummary): void {
    const { status, startedAt } = summary;
    this.kept.set(path, { state, status, startedAt, content: Buffer.from(JSON.stringify(summary)) });
    this.created++;
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
 * A key that changes whenever a run's record or labels change. Except for an active run, its other files only change with its record.
 * @returns undefined if there is no record
 */
function stateOf({ record, labels }: RunFolder): string | undefined {
  const stats = statSync(record, { throwIfNoEntry: false });
  if (!stats) return undefined;
  // Few runs have labels, and existsSync is cheaper than a failing statSync.
  return existsSync(labels) ? `${textOf(stats)}/${textOf(statSync(labels))}` : textOf(stats);
}

function textOf({ mtimeMs, size, ino }: Stats): string {
  return `${mtimeMs}-${size}-${ino}`;
}
