import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { arch, platform } from 'node:os';
import { version as explabVersion } from '../../../package.json';
import * as v from 'valibot';
import { type Schema, readJSON, writeJSON } from '../../util/json-file';
import { messageOf } from '../../errors';
import { SOURCE, type SourceRecord, recordSource } from '../code/source-record';
import type { RunFolder } from '../run-folder';
import { type Machine, describeMachine } from './machine';
import { installedPackages } from './packages';

/** What attempts/N/environment.json says: all that a process had around it. */
export interface EnvironmentRecord {
  /** The words after `exp`. */
  readonly command: readonly string[];
  readonly workingFolder: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  /** Of the packages that this one and that of the working folder depend on. */
  readonly packages: Readonly<Record<string, string>>;
  /** The code of the working folder; nothing where it is in no repository. */
  readonly source?: SourceRecord;
  /** Why git could not tell it. */
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

/** The version of this package, and of what it runs on. */
export function ownVersions(): Record<string, string> {
  return { explab: explabVersion, node: process.version, platform: `${platform()}-${arch()}` };
}

/** Records what this process has around it in the folder of its attempt. Nothing that is unknown stands in a run's way. */
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
    packages: installedPackages([join(__dirname, '../../..'), here]),
    ...source,
  };
  writeJSON(fileIn(attempt), record);
  return record;
}

/** What the process had around it that started a run. @returns nothing for a run of a version that did not record it */
export function readEnvironment(folder: RunFolder, attempt = 1): EnvironmentRecord | undefined {
  const file = fileIn(join(folder.attempts, String(attempt)));
  return existsSync(file) ? readJSON(file, SCHEMA) : undefined;
}

/** The file of what differed from the commit. */
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
