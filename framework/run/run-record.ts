import { existsSync } from 'node:fs';
import * as v from 'valibot';
import { type Schema, overwriteJSON, readJSON, writeJSON } from '../util/json-file';
import { type Override, plainOverride, parseOverrides, formatOverride } from '../config/parse/override';
import type { Goals } from '../kinds/metric';
import { isOutOfSpace } from '../util/file-errors';
import { isBeingWritten } from './status/attempt';
import { ownVersions } from './environment/environment-record';
import type { RunFolder } from './run-folder';

/** Key of run.json with the parsed overrides. */
const PARSED_OVERRIDES = 'given';

/** Key of an override's location in run.json. */
const LOCATION = 'place';

const OVERRIDE = v.pipe(
  v.looseObject({
    key: v.string(),
    text: v.string(),
    action: v.exactOptional(v.picklist(['add', 'remove'])),
    isMap: v.exactOptional(v.literal(true)),
    origin: v.picklist(['project', 'environment', 'file', 'command line', 'program']),
    [LOCATION]: v.string(),
    variables: v.exactOptional(v.record(v.string(), v.string())),
  }),
  v.transform(({ [LOCATION]: location, ...override }): Override => ({ ...override, location })),
);

const FIELDS = v.looseObject({
  experiment: v.string(),
  id: v.string(),
  status: v.picklist(['queued', 'running', 'completed', 'interrupted', 'failed']),
  error: v.exactOptional(v.string()),
  stopped: v.exactOptional(v.string()),
  pid: v.number(),
  command: v.array(v.string()),
  overrides: v.array(v.string()),
  [PARSED_OVERRIDES]: v.exactOptional(v.array(OVERRIDE)),
  rerunOf: v.exactOptional(v.string()),
  from: v.exactOptional(v.looseObject({ run: v.string(), step: v.number(), identity: v.exactOptional(v.string()) })),
  initialWeights: v.exactOptional(
    v.array(v.looseObject({ name: v.string(), run: v.string(), step: v.number(), identity: v.string() })),
  ),
  importedFrom: v.exactOptional(v.looseObject({ file: v.string(), sha256: v.string() })),
  submittedAt: v.exactOptional(v.string()),
  startedAt: v.string(),
  endedAt: v.exactOptional(v.string()),
  step: v.exactOptional(v.number()),
  resumedAt: v.exactOptional(v.array(v.string())),
  changes: v.exactOptional(
    v.array(
      v.looseObject({
        step: v.number(),
        time: v.string(),
        settings: v.record(v.string(), v.looseObject({ from: v.unknown(), to: v.unknown() })),
      }),
    ),
  ),
  configs: v.exactOptional(v.array(v.string())),
  goals: v.exactOptional(v.record(v.string(), v.picklist(['min', 'max']))),
  versions: v.record(v.string(), v.string()),
});

const SCHEMA: Schema<RunRecord> = v.pipe(
  FIELDS,
  v.transform(({ [PARSED_OVERRIDES]: parsedOverrides, ...record }) => ({
    ...record,
    ...(parsedOverrides && { parsedOverrides }),
  })),
);

/** Converts a record to the keys of run.json. */
export function recordToJSON({ parsedOverrides, ...record }: RunRecord): object {
  const overrides = parsedOverrides
    ?.map(plainOverride)
    .map(({ location, ...override }) => ({ ...override, [LOCATION]: location }));
  return { ...record, ...(overrides && { [PARSED_OVERRIDES]: overrides }) };
}

/** Recorded status of a run; a killed process leaves it at `running`. */
export type Status = 'queued' | 'running' | 'completed' | 'interrupted' | 'failed';

/** Actual status of a run; a `preempted` run will be restarted by its launcher, and a `cancelled` one never started. */
export type ActualStatus = Status | 'dead' | 'preempted' | 'cancelled';

/** Checkpoint that `initialWeights.from` stands for. */
export interface InitialWeightsRecord {
  /** As in the setting. */
  readonly name: string;
  /** Its folder, relative to that of all runs: `EXPERIMENT/ID`. */
  readonly run: string;
  readonly step: number;
  /** `identityOf` its manifest. */
  readonly identity: string;
}

/** Content of run.json. */
export interface RunRecord {
  readonly experiment: string;
  readonly id: string;
  readonly status: Status;
  /** Error message of a failed run. */
  readonly error?: string;
  /** Reason why a callback ended the training of a completed run. */
  readonly stopped?: string;
  readonly pid: number;
  /** Command line that started it. */
  readonly command: readonly string[];
  /** Settings given by the user, as typed on the command line. */
  readonly overrides: readonly string[];
  /** The same with their origins and substituted values, so that a resumed run does not depend on files and variables. */
  readonly parsedOverrides?: readonly Override[];
  /** Id of the run that it repeats. */
  readonly rerunOf?: string;
  /** Checkpoint of another run that it started from. */
  readonly from?: { readonly run: string; readonly step: number; readonly identity?: string };
  /** Checkpoints of other runs whose weights its models started with. */
  readonly initialWeights?: readonly InitialWeightsRecord[];
  /** File that its initial weights were imported from. */
  readonly importedFrom?: { readonly file: string; readonly sha256: string };
  /** Time of the submission to a launcher. */
  readonly submittedAt?: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  /** Number of completed steps when it ended. */
  readonly step?: number;
  /** Times at which it was resumed. */
  readonly resumedAt?: readonly string[];
  /** Settings changed on resuming: by key, with the old and the new value. */
  readonly changes?: readonly {
    readonly step: number;
    readonly time: string;
    readonly settings: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>;
  }[];
  /** Hashes of its configs, oldest first. */
  readonly configs?: readonly string[];
  /** Goals of metrics that the experiment declared. */
  readonly goals?: Goals;
  readonly versions: Readonly<Record<string, string>>;
}

/** Creates the record of a new run. For a submitted run, keeps the time and the command of the submission. */
export function startRecord(
  folder: RunFolder,
  experiment: string,
  overrides: readonly Override[],
  versions: Record<string, string>,
  goals: Goals = {},
) {
  const submitted = existsSync(folder.record) ? readRecord(folder) : undefined;
  const record: RunRecord = {
    experiment,
    id: folder.id,
    status: 'running',
    pid: process.pid,
    command: submitted?.command ?? process.argv.slice(2),
    ...overrideFields(overrides),
    ...(submitted?.submittedAt !== undefined && { submittedAt: submitted.submittedAt }),
    startedAt: new Date().toISOString(),
    ...(Object.keys(goals).length > 0 && { goals }),
    versions: { ...ownVersions(), ...versions },
  };
  writeJSON(folder.record, recordToJSON(record));
}

/** @throws UserError if the folder has no record */
export function readRecord(folder: RunFolder): RunRecord {
  return readJSON(folder.record, SCHEMA);
}

/** The fields of a record for overrides. */
export function overrideFields(overrides: readonly Override[]): Pick<RunRecord, 'overrides' | 'parsedOverrides'> {
  return { overrides: overrides.filter(({ isMap }) => !isMap).map(formatOverride), parsedOverrides: overrides };
}

/** Settings that a run was started with. */
export function recordedOverrides({ parsedOverrides, overrides }: RunRecord): readonly Override[] {
  return parsedOverrides ?? parseOverrides(overrides);
}

/** Status of a run: `dead` if it is recorded as `running` but no process writes it. */
export function statusOf(folder: RunFolder, { status }: RunRecord = readRecord(folder)): ActualStatus {
  return status === 'running' && !isBeingWritten(folder) ? 'dead' : status;
}

/** Updates the record at the end of a run, even if the disk has no space for a copy. @throws the file system's error if that fails */
export function endRecord(folder: RunFolder, change: Partial<RunRecord>): void {
  try {
    updateRecord(folder, change);
  } catch (error) {
    if (!isOutOfSpace(error) || !overwriteJSON(folder.record, recordToJSON({ ...readRecord(folder), ...change })))
      throw error;
  }
}

/** Changes fields of run.json. */
export function updateRecord(folder: RunFolder, change: Partial<RunRecord>): void {
  writeJSON(folder.record, recordToJSON({ ...readRecord(folder), ...change }));
}
