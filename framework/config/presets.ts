import { type Class, type Field, type Plain, SlotField, ValueField } from './declare';
import type { Override } from './override';
import { parseText } from './parse';
import type { Registry } from './registry';

/**
 * The values of the presets whose conditions hold, by full key.
 * @param key of the branch whose settings class is `type`
 */
export function applicablePresets(
  registry: Registry,
  type: Class,
  fields: readonly [string, Field][],
  key: string,
  overrides: ReadonlyMap<string, Override>,
): Map<string, Plain> {
  const prefix = key === '' ? '' : `${key}.`;
  const current = new Map(fields.map(([name, field]) => [name, currentValue(field, overrides.get(prefix + name))]));
  const values = new Map<string, Plain>();
  for (const preset of registry.presetsOf(type)) {
    if (!Object.entries(preset.when).every(([name, wanted]) => current.get(name) === wanted)) continue;
    for (const [name, value] of Object.entries(preset.values)) values.set(prefix + name, value);
  }
  return values;
}

function currentValue(field: Field, override: Override | undefined): unknown {
  if (field instanceof SlotField) return override?.text ?? field.initial;
  if (!(field instanceof ValueField)) return undefined;
  try {
    return override ? parseText(field, override.text) : field.initial;
  } catch {
    // The text is no value of this field: that is reported where the field itself is read.
    return undefined;
  }
}
