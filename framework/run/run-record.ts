import { existsSync } from 'node:fs';
import * as v from 'valibot';
import { type Schema, overwriteJSON, readJSON, writeJSON } from '../util/json-file';
import { type Override, parseOverrides, formatOverride } from '../config/parse/override';
import type { Goals } from '../kinds/metric';
import { isOutOfSpace } from '../util/file-errors';
import { isBeingWritten } from './status/attempt';
import { ownVersions } from './environment/environment-record';
import type { RunFolder } from './run-folder';

/** Key of run.json with the parsed overrides. */
const PARSED_OVERRIDES = 'given';

/** Key of such an override with its location. */
const LOCATION = 'place';

const OVERRIDE = v.pipe(
  v.looseObject({
    key: v.string(),
    text: v.string(),
    action: v.exactOptional(v.picklist(['add', 'remove'])),
    isMap: v.exactOptional(v.literal(true)),
    origin: v.picklist(['environment', 'file', 'command line']),
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
  pid: v.number(),
  command: v.array(v.string()),
  overrides: v.array(v.string()),
  [PARSED_OVERRIDES]: v.exactOptional(v.array(OVERRIDE)),
  rerunOf: v.exactOptional(v.string()),
  from: v.exactOptional(v.looseObject({ run: v.string(), step: v.number(), identity: v.exactOptional(v.string()) })),
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

/** A record with the keys of run.json. */
export function recordToJSON({ parsedOverrides, ...record }: RunRecord): object {
  const overrides = parsedOverrides?.map(({ location, ...override }) => ({ ...override, [LOCATION]: location }));
  return { ...record, ...(overrides && { [PARSED_OVERRIDES]: overrides }) };
}

/** How a run stands by its own record, which a process that was killed leaves at `running`. */
export type Status = 'queued' | 'running' | 'completed' | 'interrupted' | 'failed';

/** How a run stands; what is `preempted` waits to go on by itself, and what is `cancelled` never began. */
export type ActualStatus = Status | 'dead' | 'preempted' | 'cancelled';

/** What run.json says of a run. */
export interface RunRecord {
  readonly experiment: string;
  readonly id: string;
  readonly status: Status;
  /** The message of what ended a failed run. */
  readonly error?: string;
  readonly pid: number;
  /** The words that started it. */
  readonly command: readonly string[];
  /** The settings that were given, as typed on the command line. */
  readonly overrides: readonly string[];
  /** The same with where they came from, in full: what a resumed run takes, whatever files and variables hold by then. */
  readonly parsedOverrides?: readonly Override[];
  /** The run that it repeats. */
  readonly rerunOf?: string;
  /** The checkpoint that it began with, of another run. */
  readonly from?: { readonly run: string; readonly step: number; readonly identity?: string };
  /** The file that its weights at step 0 were taken from. */
  readonly importedFrom?: { readonly file: string; readonly sha256: string };
  /** When it was handed to a launcher. */
  readonly submittedAt?: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  /** The updates that were done when it ended. */
  readonly step?: number;
  /** When it was gone on with. */
  readonly resumedAt?: readonly string[];
  /** What was changed when it was gone on with: settings by their keys, with what they were and what they became. */
  readonly changes?: readonly {
    readonly step: number;
    readonly time: string;
    readonly settings: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>;
  }[];
  /** By what the configs are known that it has had, the first first. */
  readonly configs?: readonly string[];
  /** The goals of metrics that the experiment declared. */
  readonly goals?: Goals;
  readonly versions: Readonly<Record<string, string>>;
}

/** Starts the record of a new run. Of one that was submitted before, it keeps when, and by what command. */
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
    overrides: overrides.filter(({ isMap }) => !isMap).map(formatOverride),
    parsedOverrides: overrides,
    ...(submitted?.submittedAt !== undefined && { submittedAt: submitted.submittedAt }),
    startedAt: new Date().toISOString(),
    ...(Object.keys(goals).length > 0 && { goals }),
    versions: { ...ownVersions(), ...versions },
  };
  writeJSON(folder.record, recordToJSON(record));
}

/** @throws UserError where the folder has no record */
export function readRecord(folder: RunFolder): RunRecord {
  return readJSON(folder.record, SCHEMA);
}

/** The settings that a run was started with. */
export function recordedOverrides({ parsedOverrides, overrides }: RunRecord): readonly Override[] {
  return parsedOverrides ?? parseOverrides(overrides);
}

/** How a run stands: one that is `running` by its record but has no process that writes it is `dead`. */
export function statusOf(folder: RunFolder, { status }: RunRecord = readRecord(folder)): ActualStatus {
  return status === 'running' && !isBeingWritten(folder) ? 'dead' : status;
}

/** The same at the end of a run, which may be a disk without room for a copy. @throws the file system's error where it cannot be written */
export function endRecord(folder: RunFolder, change: Partial<RunRecord>): void {
  try {
    updateRecord(folder, change);
  } catch (error) {
    if (!isOutOfSpace(error) || !overwriteJSON(folder.record, recordToJSON({ ...readRecord(folder), ...change })))
      throw error;
  }
}

/** Changes what run.json says. */
export function updateRecord(folder: RunFolder, change: Partial<RunRecord>): void {
  writeJSON(folder.record, recordToJSON({ ...readRecord(folder), ...change }));
}
