import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { textOf } from '../../config/describe/format-value';
import type { Override } from '../../config/parse/override';
import type { Resolution } from '../../config/resolve/resolution';
import { UserError } from '../../errors';
import { type ConfigRecord, writeConfig } from '../../run/config-file';
import type { RunFolder } from '../../run/run-folder';
import { readRecord, updateRecord } from '../../run/run-record';

/** What a setting was, and what it is. */
export interface Change {
  readonly from: unknown;
  readonly to: unknown;
}

/** Every setting with its value, and where that came from. */
export function configOf(resolution: Resolution, experiment: string): ConfigRecord {
  const settings = [...resolution.root.entries()].map(({ key, value, origin, location, field }) => {
    const { role } = field.rules;
    return [key, { value: value ?? null, origin, location, role }] as const;
  });
  return { experiment, settings: Object.fromEntries(settings) };
}

/** By what a config is known again: SHA-256 of the experiment and the settings' values, in hexadecimal. */
export function hashOf({ experiment, settings }: ConfigRecord): string {
  const values = Object.entries(settings).map(([key, { value }]) => [key, value] as const);
  const sorted = values.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([experiment, sorted]))
    .digest('hex');
}

/** Writes config.json, and by what it is known into the record. */
export function recordConfig(config: ConfigRecord, folder: RunFolder): void {
  writeConfig(folder, config);
  const { configs = [] } = readRecord(folder);
  updateRecord(folder, { configs: [...new Set([...configs, hashOf(config)])] });
}

/** The settings that both have, with another value each. One that only one version of the code knows is no change. */
export function changesBetween(before: ConfigRecord, after: ConfigRecord): Record<string, Change> {
  const shared = Object.entries(after.settings).filter(([key]) => key in before.settings);
  const changes = shared.map(([key, { value }]) => [key, { from: before.settings[key]?.value, to: value }] as const);
  // As JSON keeps them: what was read from a file has no `undefined` in it.
  return Object.fromEntries(
    changes.filter(([, { from, to }]) => !isDeepStrictEqual(from, JSON.parse(JSON.stringify(to)))),
  );
}

/**
 * Refuses changes that nobody asked for: those of the code's defaults, say.
 * @param named the settings that were given by name; what is computed, or belongs to a preset, follows from them
 * @throws UserError listing them
 */
export function checkChanges(
  changes: Readonly<Record<string, Change>>,
  after: ConfigRecord,
  named: readonly Override[],
): void {
  const isNamed = (key: string): boolean => named.some((word) => key === word.key || key.startsWith(`${word.key}.`));
  const follows = (key: string): boolean =>
    named.length > 0 && ['computed', 'preset'].includes(after.settings[key]?.origin ?? '');
  const unasked = Object.entries(changes).filter(([key]) => !isNamed(key) && !follows(key));
  if (unasked.length === 0) return;
  throw new UserError('Settings are others now than those that the run was started with.', {
    hints: [
      ...unasked.map(([key, change]) => `${key}: ${describeChange(change)}`),
      `To go on with them, name them: exp resume RUN ${unasked.map(([key, { to }]) => `${key}=${textOf(to)}`).join(' ')}`,
    ],
  });
}

/** `0.001 → 0.0001` */
export function describeChange({ from, to }: Change): string {
  return `${textOf(from)} → ${textOf(to)}`;
}
