import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { arch, platform } from 'node:os';
import * as v from 'valibot';
import { type Schema, readJSON, writeJSON } from '../../util/json-file';
import { messageOf } from '../../errors';
import { PACKAGE_ROOT, VERSION } from '../../util/own-package';
import { SOURCE, type SourceRecord, recordSource } from '../code/source-record';
import type { RunFolder } from '../run-folder';
import { type Machine, describeMachine } from './machine';
import { installedPackages } from './packages';

/** Content of attempts/N/environment.json: the environment of a process. */
export interface EnvironmentRecord {
  /** Arguments after `exp`. */
  readonly command: readonly string[];
  readonly workingFolder: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  /** Versions of the dependencies of this package and of the working folder's package. */
  readonly packages: Readonly<Record<string, string>>;
  /** Code of the working folder; undefined if it is not in a repository. */
  readonly source?: SourceRecord;
  /** Reason why git could not determine the code. */
  readonly sourceUnknown?: string;
}

const SCHEMA: Schema<EnvironmentRecord> = v.looseObject({
  command: v.array(v.string()),
  workingFolder: v.string(),
  machine: v.looseObject({
    host: v.string(),
    system: v.string(),
    cpu: v.looseObject({ model: v.string(), count: v.number(), usable: v.number() }),
    memoryMiB: v.number(),
    gpus: v.array(v.looseObject({ name: v.string(), memoryMiB: v.number(), driver: v.string() })),
  }),
  versions: v.record(v.string(), v.string()),
  packages: v.record(v.string(), v.string()),
  source: v.exactOptional(SOURCE),
  sourceUnknown: v.exactOptional(v.string()),
});

/** Versions of this package, of Node and of the platform. */
export function ownVersions(): Record<string, string> {
  return { explab: VERSION, node: process.version, platform: `${platform()}-${arch()}` };
}

/** Records the environment of this process in the folder of its attempt. Missing information never stops a run. */
export async function recordEnvironment(
  attempt: string,
  runs: string,
  versions: Readonly<Record<string, string>>,
): Promise<EnvironmentRecord> {
  const here = process.cwd();
  const [machine, source] = await Promise.all([describeMachine(), sourceOf(here, patchIn(attempt), runs)]);
  const record: EnvironmentRecord = {
    command: process.argv.slice(2),
    workingFolder: here,
    machine,
    versions: { ...ownVersions(), ...versions },
    packages: installedPackages([PACKAGE_ROOT, here]),
    ...source,
  };
  writeJSON(fileIn(attempt), record);
  return record;
}

/** Environment of the process that started a run. @returns undefined for a run of a version that did not record it */
export function readEnvironment(folder: RunFolder, attempt = 1): EnvironmentRecord | undefined {
  const file = fileIn(join(folder.attempts, String(attempt)));
  return existsSync(file) ? readJSON(file, SCHEMA) : undefined;
}

/** File with the differences from the commit. */
export function patchIn(attempt: string): string {
  return join(attempt, 'source.patch');
}

function fileIn(attempt: string): string {
  return join(attempt, 'environment.json');
}

async function sourceOf(
  folder: string,
  patch: string,
  runs: string,
): Promise<Pick<EnvironmentRecord, 'source' | 'sourceUnknown'>> {
  try {
    const source = await recordSource(folder, patch, runs);
    return source ? { source } : {};
  } catch (error) {
    return { sourceUnknown: messageOf(error) };
  }
}
