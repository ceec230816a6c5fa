import { isDeepStrictEqual } from 'node:util';
import { type RecordedSetting, readConfig } from '../config-file';
import type { RunFolder } from '../run-folder';
import type { Recipe } from './recipe';

/** Settings that may differ between runs of a recipe; presets are compared by the settings they set. */
const IGNORED_SETTINGS = ['seed', 'preset'];

/** Settings of a run that affect learning; empty if it ended before they were written. */
function learningSettings(folder: RunFolder): Map<string, RecordedSetting> {
  const { settings = {} } = readConfig(folder) ?? {};
  const isMeta = (key: string) => settings[key]?.role === 'meta';
  const keys = Object.keys(settings).filter(
    (key) => !IGNORED_SETTINGS.includes(key) && ![key, ...parentKeys(key)].some(isMeta),
  );
  return new Map(keys.map((key) => [key, settings[key] ?? { value: null, origin: 'default' }]));
}

/** Parents of a key: `a.b` and `a` for `a.b.c`. */
function parentKeys(key: string): string[] {
  const end = key.lastIndexOf('.');
  return end < 0 ? [] : [key.slice(0, end), ...parentKeys(key.slice(0, end))];
}

/** Values of the settings that affect learning; those without a value are omitted. */
export function settingsToLearn(folder: RunFolder): Record<string, unknown> {
  const entries = [...learningSettings(folder)].map(([key, { value }]) => [key, value] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}

/** A setting that differs from a recipe. */
export interface Difference {
  readonly key: string;
  readonly wanted: unknown;
  readonly found: unknown;
}

/** Differences of a run's settings from a recipe's. Settings that the recipe lacks must have their defaults. */
export function differencesFrom({ settings }: Recipe, folder: RunFolder): Difference[] {
  const own = learningSettings(folder);
  const wanted = Object.entries(settings).map(([key, value]) => ({ key, wanted: value, found: own.get(key)?.value }));
  const further = [...own].filter(([key, { value, origin }]) => {
    return !Object.hasOwn(settings, key) && value !== null && !['default', 'computed', 'preset'].includes(origin);
  });
  return [
    ...wanted.filter(({ wanted, found }) => !isDeepStrictEqual(wanted, found)),
    ...further.map(([key, { value }]) => ({ key, wanted: undefined, found: value })),
  ];
}
