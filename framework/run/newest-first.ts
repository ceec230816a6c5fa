import { statSync } from 'node:fs';
import * as v from 'valibot';
import { readJSON } from '../util/json-file';

/** A run or a sweep, whose record has a start time. */
interface Recorded {
  readonly id: string;
  /** File of the record. */
  readonly record: string;
}

/** Maximum clock skew between machines that share a disk. */
const MAX_CLOCK_SKEW_MILLISECONDS = 3_600_000;

/** Numeric collation of ids: of runs started in the same second, the tenth comes after the second. */
export const BY_ID = new Intl.Collator('en', { numeric: true });

/**
 * Runs or sweeps in order of their start, latest first; those without a record are omitted.
 *
 * Lazy: a record is written after its start time, so the latest is found without reading the records that changed before it started.
 */
export function* newestFirst<T extends Recorded>(items: readonly T[]): Generator<T> {
  const byChange = items.flatMap((item) => {
    const stats = statSync(item.record, { throwIfNoEntry: false });
    return stats ? [{ item, changedAt: stats.mtimeMs }] : [];
  });
  byChange.sort((a, b) => b.changedAt - a.changedAt);
  let read: Started<T>[] = [];
  for (const { item, changedAt } of byChange) {
    const isNewer = ({ startedAt }: Started<T>) => startedAt > changedAt + MAX_CLOCK_SKEW_MILLISECONDS;
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

/** Undefined if the record is damaged, which is reported when it is opened. */
function startOf({ record }: Recorded): number | undefined {
  try {
    const { startedAt } = readJSON(record, v.looseObject({ startedAt: v.string() }));
    const time = Date.parse(startedAt);
    return Number.isNaN(time) ? undefined : time;
  } catch {
    return undefined;
  }
}
