import { version } from '../../package.json';
import * as v from 'valibot';
import { type Schema, readJSON, writeJSON } from '../util/json-file';
import type { Distribution, SearchSpace } from '../kinds/searcher';
import type { Objective } from './objective';
import type { SweepFolder } from './sweep-folder';

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

const DISTRIBUTION: Schema<Distribution> = v.variant('type', [
  v.looseObject({ type: v.literal('choice'), choices: v.array(v.string()) }),
  v.looseObject({ type: v.picklist(['uniform', 'loguniform', 'integers']), low: v.number(), high: v.number() }),
]);

const SCHEMA: Schema<SweepRecord> = v.looseObject({
  experiment: v.string(),
  settings: v.array(v.string()),
  sweep: v.array(v.string()),
  space: v.record(v.string(), DISTRIBUTION),
  total: v.number(),
  objective: v.looseObject({
    metric: v.string(),
    goal: v.picklist(['min', 'max']),
    value: v.picklist(['last', 'best']),
  }),
  startedAt: v.string(),
  versions: v.record(v.string(), v.string()),
});

export function writeSweepRecord(folder: SweepFolder, record: Omit<SweepRecord, 'startedAt' | 'versions'>): void {
  const versions = { explab: version, node: process.version };
  writeJSON(folder.record, { ...record, startedAt: new Date().toISOString(), versions } satisfies SweepRecord);
}

/** @throws UserError where the folder has no record */
export function readSweepRecord(folder: SweepFolder): SweepRecord {
  return readJSON(folder.record, SCHEMA);
}

/** Has sweep.json say that something else tells how good a job is. */
export function updateObjective(folder: SweepFolder, objective: Objective): void {
  writeJSON(folder.record, { ...readSweepRecord(folder), objective });
}
