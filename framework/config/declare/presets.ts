import { isDeepStrictEqual } from 'node:util';
import { ValueField } from './declare';
import type { NamedPreset } from '../resolve/registry';
import type { Plain } from './shape';

/** The setting that chooses presets by name, beside those of a class that has any. */
export const PRESET = 'preset';

/** A value that a preset gives to a setting. */
export interface PresetValue {
  readonly value: Plain;
  readonly preset: NamedPreset;
  /** Where the preset is, so that "Set ..." is a sentence. */
  readonly location: string;
}

/** What `preset=` takes, for a class that has presets with names; nothing for a class without. */
export function presetField(presets: readonly NamedPreset[]): ValueField | undefined {
  const names = [...new Set(presets.flatMap(({ preset }) => preset.name ?? []))];
  return names.length === 0 ? undefined : new ValueField(undefined, ['string'], { choices: names }, true);
}

/**
 * What presets give to the fields of a settings class, by the field: those whose conditions hold, then those that were chosen, of
 * which the last is the strongest.
 * @param current the value of a field, given what the chosen presets say of it
 */
export function presetValues(
  presets: readonly NamedPreset[],
  chosen: readonly string[],
  current: (name: string, byPreset: Plain) => unknown,
): Map<string, PresetValue> {
  const named = chosen.flatMap((name) => presets.filter(({ preset }) => preset.name === name));
  const stated = new Map(named.flatMap(({ preset }) => Object.entries(preset.values)));
  const automatic = presets.filter(({ preset: { when } }) => {
    if (typeof when === 'string') return false;
    return Object.entries(when).every(([name, wanted]) => isDeepStrictEqual(current(name, stated.get(name)), wanted));
  });
  return new Map([...automatic, ...named].flatMap(valuesOf));
}

function valuesOf(named: NamedPreset): [string, PresetValue][] {
  const { preset, name, file } = named;
  const location = `by the preset ${preset.name ?? name} in ${file}`;
  return Object.entries(preset.values).map(([field, value]) => [field, { value, location, preset: named }]);
}
