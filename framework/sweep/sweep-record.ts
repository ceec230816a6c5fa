import { version } from '../../package.json';
import { readJSON, writeJSON } from '../checkpoint/json-file';
import type { Goal } from '../kinds/metric';
import type { SearchSpace } from '../kinds/searcher';
import type { SweepFolder } from './sweep-folder';

/** What says how good a run is. */
export interface Objective {
  /** A name in the run's metrics.jsonl. */
  readonly metric: string;
  readonly goal: Goal;
  /** Which of a run's values counts. */
  readonly value: 'last' | 'best';
}

/** What sweep.json says of a sweep: what was asked for, from which everything else follows. */
export interface SweepRecord {
  readonly experiment: string;
  /** The experiment's settings, as they were typed. */
  readonly settings: readonly string[];
  /** The sweep's own settings, as they were typed. */
  readonly sweep: readonly string[];
  readonly space: SearchSpace;
  /** How many jobs there are. */
  readonly total: number;
  readonly objective: Objective;
  readonly startedAt: string;
  readonly versions: Readonly<Record<string, string>>;
}

export function writeSweepRecord(folder: SweepFolder, record: Omit<SweepRecord, 'startedAt' | 'versions'>): void {
  const versions = { explab: version, node: process.version };
  writeJSON(folder.record, { ...record, startedAt: new Date().toISOString(), versions } satisfies SweepRecord);
}

/** @throws UserError where the folder has no record */
export function readSweepRecord(folder: SweepFolder): SweepRecord {
  return readJSON(folder.record) as SweepRecord;
}
