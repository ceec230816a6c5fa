import { isDeepStrictEqual } from 'node:util';
import { type RecordedSetting, readConfig } from '../config-file';
import type { RunFolder } from '../run-folder';
import type { Recipe } from './recipe';

/** Settings by which runs of one recipe may differ: the presets are in what they set. */
const FREE = ['seed', 'preset'];

/** The settings of a run that what it learns depends on; none where it ended before they were written. */
function learningSettings(folder: RunFolder): Map<string, RecordedSetting> {
  const { settings = {} } = readConfig(folder) ?? {};
  const isMeta = (key: string) => settings[key]?.role === 'meta';
  const keys = Object.keys(settings).filter((key) => !FREE.includes(key) && ![key, ...above(key)].some(isMeta));
  return new Map(keys.map((key) => [key, settings[key] ?? { value: null, origin: 'default' }]));
}

/** The keys that a key is within: `a.b` and `a` of `a.b.c`. */
function above(key: string): string[] {
  const end = key.lastIndexOf('.');
  return end < 0 ? [] : [key.slice(0, end), ...above(key.slice(0, end))];
}

/** The same by their values alone; what is left out is not there. */
export function settingsToLearn(folder: RunFolder): Record<string, unknown> {
  const entries = [...learningSettings(folder)].map(([key, { value }]) => [key, value] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}

/** A setting that is not what a recipe has. */
export interface Difference {
  readonly key: string;
  readonly wanted: unknown;
  readonly found: unknown;
}

/** Where a run's settings are others than a recipe's. What a recipe does not have must be at its default. */
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
