import { isDeepStrictEqual } from 'node:util';
import { ValueField } from './declare';
import type { NamedPreset } from '../resolve/registry';
import type { Plain } from './shape';

/** Name of the setting that selects presets, in classes that have named presets. */
export const PRESET = 'preset';

/** Documentation of that setting, which no class declares. */
export const PRESET_SUMMARY = 'Presets by name; the last one takes precedence.';

/** Value of a setting in a preset. */
export interface PresetValue {
  readonly value: Plain;
  readonly preset: NamedPreset;
  /** Location of the preset, worded to follow "Set". */
  readonly location: string;
}

/** The field of `preset=` for a class; undefined if the class has no named presets. */
export function presetField(presets: readonly NamedPreset[]): ValueField | undefined {
  const names = [...new Set(presets.flatMap(({ preset }) => preset.name ?? []))];
  return names.length === 0 ? undefined : new ValueField(undefined, ['string'], { choices: names }, true);
}

/**
 * Preset values for the fields of a settings class. Selected presets override those whose conditions hold; the last one wins.
 * @param current the value of a field, given its value in the selected presets
 */
export function presetValues(
  presets: readonly NamedPreset[],
  chosen: readonly string[],
  current: (name: string, byPreset: Plain) => unknown,
): Map<string, PresetValue> {
  const named = chosen.flatMap((name) => presets.filter(({ preset }) => preset.name === name));
  const selectedValues = new Map(named.flatMap(({ preset }) => Object.entries(preset.values)));
  const automatic = presets.filter(({ preset: { when } }) => {
    if (typeof when === 'string') return false;
    return Object.entries(when).every(([name, expected]) =>
      isDeepStrictEqual(current(name, selectedValues.get(name)), expected),
    );
  });
  return new Map([...automatic, ...named].flatMap(valuesOf));
}

function valuesOf(named: NamedPreset): [string, PresetValue][] {
  const { preset, name, file } = named;
  const location = `by the preset ${preset.name ?? name} in ${file}`;
  return Object.entries(preset.values).map(([field, value]) => [field, { value, location, preset: named }]);
}
