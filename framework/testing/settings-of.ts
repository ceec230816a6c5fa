import { ComputedField, type Field, fieldsOf, GroupField, ValueField } from '../config/declare/declare';

/**
 * Settings as a plugin gets them: a settings class's defaults, with some replaced, and what is computed from them. Slots are left as
 * they are declared: a test that needs one gives it.
 */
export function settingsOf<T extends object>(type: new () => T, replaced: Partial<NoInfer<T>> = {}): T {
  const settings = new type();
  for (const [name, field] of fieldsOf(settings)) Object.defineProperty(settings, name, defaultOf(field));
  return Object.assign(settings, replaced);
}

function defaultOf(field: Field): PropertyDescriptor {
  if (field instanceof ComputedField) return { get: field.compute };
  if (field instanceof ValueField) return { value: field.initial };
  return { value: field instanceof GroupField ? settingsOf(field.settings as new () => object) : field };
}
