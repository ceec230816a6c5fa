import { fieldsOf, GroupField, ValueField } from '../../framework/config/declare';

/**
 * Settings as a plugin gets them: a settings class's defaults, with some replaced. Slots are left as they are declared: a test
 * that needs one gives it.
 */
export function settingsOf<T extends object>(type: new () => T, replaced: Partial<T> = {}): T {
  const settings = new type();
  const defaults = fieldsOf(settings).map(([name, field]) => [name, defaultOf(field)]);
  return Object.assign(settings, Object.fromEntries(defaults) as Partial<T>, replaced);
}

function defaultOf(field: unknown): unknown {
  if (field instanceof ValueField) return field.initial;
  return field instanceof GroupField ? settingsOf(field.settings as new () => object) : field;
}
