import { statSync } from 'node:fs';
import * as v from 'valibot';
import { readJSON } from '../util/json-file';

/** What has a record that says when it was started: a run, or a sweep. */
interface Recorded {
  readonly id: string;
  /** The file of the record. */
  readonly record: string;
}

/** Clocks of machines that share a disk differ by less than this, in milliseconds. */
const MAX_CLOCK_SKEW = 3_600_000;

/** Numbers within ids count as numbers: of two runs of one second, the tenth comes after the second. */
export const BY_ID = new Intl.Collator('en', { numeric: true });

/**
 * Runs or sweeps in the order in which they were started, the newest first; those without a record are left out.
 *
 * Lazy: a record is written after the start that it tells, so the newest is found without reading the records that changed before it started.
 */
export function* newestFirst<T extends Recorded>(items: readonly T[]): Generator<T> {
  const byChange = items.flatMap((item) => {
    const stats = statSync(item.record, { throwIfNoEntry: false });
    return stats ? [{ item, changedAt: stats.mtimeMs }] : [];
  });
  byChange.sort((a, b) => b.changedAt - a.changedAt);
  let read: Started<T>[] = [];
  for (const { item, changedAt } of byChange) {
    const isNewer = ({ startedAt }: Started<T>) => startedAt > changedAt + MAX_CLOCK_SKEW;
    yield* inOrder(read.filter(isNewer));
    read = read.filter((each) => !isNewer(each));
    read.push({ item, startedAt: startOf(item) ?? changedAt });
  }
  yield* inOrder(read);
}

interface Started<T> {
  readonly item: T;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

function* inOrder<T extends Recorded>(read: Started<T>[]): Generator<T> {
  for (const { item } of read.sort((a, b) => b.startedAt - a.startedAt || BY_ID.compare(b.item.id, a.item.id)))
    yield item;
}

/** Nothing if the record is damaged: whoever opens it says so. */
function startOf({ record }: Recorded): number | undefined {
  try {
    const { startedAt } = readJSON(record, v.looseObject({ startedAt: v.string() }));
    const time = Date.parse(startedAt);
    return Number.isNaN(time) ? undefined : time;
  } catch {
    return undefined;
  }
}
