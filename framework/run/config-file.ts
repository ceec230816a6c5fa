import { existsSync } from 'node:fs';
import * as v from 'valibot';
import { type Schema, readJSON, writeJSON } from '../util/json-file';
import type { RunFolder } from './run-folder';

/** A setting in config.json. Missing keys are undefined: the location of a class's default, or a role that is not set. */
export interface RecordedSetting {
  readonly value: unknown;
  readonly origin: string;
  readonly location?: string | undefined;
  readonly role?: string | undefined;
}

/** Content of config.json. */
export interface ConfigRecord {
  readonly experiment: string;
  readonly settings: Readonly<Record<string, RecordedSetting>>;
}

/** Key of a setting in config.json with its location. */
const LOCATION = 'place';

const SETTING = v.pipe(
  v.looseObject({
    value: v.unknown(),
    origin: v.string(),
    [LOCATION]: v.optional(v.string()),
    role: v.optional(v.string()),
  }),
  v.transform(({ [LOCATION]: location, ...setting }) => ({ ...setting, ...(location !== undefined && { location }) })),
);

const SCHEMA: Schema<ConfigRecord> = v.looseObject({
  experiment: v.string(),
  settings: v.record(v.string(), SETTING),
});

export function writeConfig(folder: RunFolder, { settings, ...config }: ConfigRecord): void {
  writeJSON(folder.config, { ...config, settings: settingsToJSON(settings) });
}

/** Settings with the keys of config.json. */
export function settingsToJSON(settings: ConfigRecord['settings']): Record<string, object> {
  const entries = Object.entries(settings).map(([key, { value, origin, location, role }]) => [
    key,
    { value, origin, [LOCATION]: location, role },
  ]);
  return Object.fromEntries(entries) as Record<string, object>;
}

/** @returns undefined for a run that ended before it was written @throws UserError if the file is damaged */
export function readConfig({ config }: RunFolder): ConfigRecord | undefined {
  return existsSync(config) ? readJSON(config, SCHEMA) : undefined;
}

/** Values of a run's settings; empty if it ended before they were written. */
export function readSettings(folder: RunFolder): Record<string, unknown> {
  const { settings = {} } = readConfig(folder) ?? {};
  return Object.fromEntries(Object.entries(settings).map(([key, { value }]) => [key, value]));
}
