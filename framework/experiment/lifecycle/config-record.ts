import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { textOf } from '../../config/describe/format-value';
import type { Override } from '../../config/parse/override';
import type { Resolution } from '../../config/resolve/resolution';
import { UserError } from '../../errors';
import { type ConfigRecord, writeConfig } from '../../run/config-file';
import type { RunFolder } from '../../run/run-folder';
import { readRecord, updateRecord } from '../../run/run-record';
import { commandName } from '../../util/command-name';

/** Old and new value of a setting. */
export interface Change {
  readonly from: unknown;
  readonly to: unknown;
}

/** All settings with their values and origins. */
export function configOf(resolution: Resolution, experiment: string): ConfigRecord {
  const settings = [...resolution.root.entries()].map(({ key, value, origin, location, field }) => {
    const { role } = field.rules;
    return [key, { value: value ?? null, origin, location, role }] as const;
  });
  return { experiment, settings: Object.fromEntries(settings) };
}

/** Hash that identifies a config: SHA-256 of the experiment and the settings' values, in hexadecimal. */
export function hashOf({ experiment, settings }: ConfigRecord): string {
  const values = Object.entries(settings).map(([key, { value }]) => [key, value] as const);
  const sorted = values.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([experiment, sorted]))
    .digest('hex');
}

/** Writes config.json, and adds its hash to the record. */
export function recordConfig(config: ConfigRecord, folder: RunFolder): void {
  writeConfig(folder, config);
  const { configs = [] } = readRecord(folder);
  updateRecord(folder, { configs: [...new Set([...configs, hashOf(config)])] });
}

/** Settings whose values differ. A setting that is missing in one of the configs is not a change. */
export function changesBetween(before: ConfigRecord, after: ConfigRecord): Record<string, Change> {
  const shared = Object.entries(after.settings).filter(([key]) => key in before.settings);
  const changes = shared.map(([key, { value }]) => [key, { from: before.settings[key]?.value, to: value }] as const);
  // Compared as JSON: a config read from a file has no `undefined`.
  return Object.fromEntries(
    changes.filter(([, { from, to }]) => !isDeepStrictEqual(from, JSON.parse(JSON.stringify(to)))),
  );
}

/**
 * Rejects unrequested changes, for example of the code's defaults.
 * @param named settings that the user has named; computed values and those of presets may follow from them
 * @throws UserError listing the changes
 */
export function checkChanges(
  changes: Readonly<Record<string, Change>>,
  after: ConfigRecord,
  named: readonly Override[],
): void {
  const isNamed = (key: string): boolean =>
    named.some((override) => key === override.key || key.startsWith(`${override.key}.`) || isEntry(override.key, key));
  const isEntry = (entry: string, key: string): boolean =>
    entry.startsWith(`${key}.`) && isMapValue(after.settings[key]?.value);
  const follows = (key: string): boolean =>
    named.length > 0 && ['computed', 'preset'].includes(after.settings[key]?.origin ?? '');
  const unrequested = Object.entries(changes).filter(([key]) => !isNamed(key) && !follows(key));
  if (unrequested.length === 0) return;
  throw new UserError('These settings differ from the ones the run was started with:', {
    hints: [
      ...unrequested.map(([key, change]) => `${key}: ${describeChange(change)}`),
      `To use the new values, name them: ${commandName()} resume RUN ${unrequested.map(([key, { to }]) => `${key}=${textOf(to)}`).join(' ')}`,
    ],
  });
}

const isMapValue = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `0.001 → 0.0001` */
export function describeChange({ from, to }: Change): string {
  return `${textOf(from)} → ${textOf(to)}`;
}
