import * as v from 'valibot';
import { type Schema, readJSON, writeJSON } from '../util/json-file';
import { VERSION } from '../util/own-package';
import type { Distribution, SearchSpace } from '../kinds/searcher';
import type { Objective } from './objective';
import type { SweepFolder } from './sweep-folder';

/** Content of sweep.json: the request, from which everything else follows. */
export interface SweepRecord {
  readonly experiment: string;
  /** Settings of the experiment, as typed. */
  readonly settings: readonly string[];
  /** Settings of the sweep itself, as typed. */
  readonly sweep: readonly string[];
  readonly space: SearchSpace;
  /** Total number of jobs. */
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
  const versions = { explab: VERSION, node: process.version };
  writeJSON(folder.record, { ...record, startedAt: new Date().toISOString(), versions } satisfies SweepRecord);
}

/** @throws UserError if the folder has no record */
export function readSweepRecord(folder: SweepFolder): SweepRecord {
  return readJSON(folder.record, SCHEMA);
}

/** Changes the objective in sweep.json. */
export function updateObjective(folder: SweepFolder, objective: Objective): void {
  writeJSON(folder.record, { ...readSweepRecord(folder), objective });
}
