import { isDeepStrictEqual } from 'node:util';
import { UserError } from '../../errors';
import { type FieldSchema, formatValue, unknownField, validate } from './validate';
import type { Override } from '../parse/override';
import { type Lookup, parseValue } from '../parse/parse-value';
import { type Data, type Plain, type RecordShape, type Shape, isList, isMap, isRecord } from '../declare/shape';

/**
 * Applies an override to a value.
 * @param previous the value before, of lower precedence
 * @param settings looks up the value of another setting
 * @throws UserError describing the mistake, without a full stop
 */
export function applyOverride(
  field: FieldSchema,
  key: string,
  override: Override,
  previous: Plain,
  settings: Lookup,
): Plain {
  const lookup = (name: string) =>
    name.startsWith('env:') ? environmentValue(override, name.slice('env:'.length)) : settings(name);
  if (override.key !== key) {
    const path = override.key.slice(key.length + 1).split('.');
    return validate(field, editEntry(field.shape, path, override, previous, lookup));
  }
  if (override.action !== undefined) return applyListEdit(field, override, previous, lookup);
  if (override.text === 'null' || override.text === 'none') return valueOfNone(field, override.text);
  return validate(field, parseValue(field.shape, override, lookup));
}

function environmentValue({ variables = {} }: Override, name: string): string {
  if (Object.hasOwn(variables, name)) return variables[name] ?? '';
  throw new UserError(`the environment variable ${name} is not set`);
}

function valueOfNone(field: FieldSchema, text: string): Plain {
  if (field.optional) return undefined;
  const plain = field.shape === 'string' && field.rules.choices?.includes(text);
  if (plain) return text;
  const hints = field.shape === 'string' ? [`For the string "${text}", add quotes: '"${text}"'`] : [];
  throw new UserError('this setting is not optional', { hints });
}

/** Adds to or removes from a list or map; a removal without a value removes all items. */
function applyListEdit(field: FieldSchema, override: Override, previous: Plain, lookup: Lookup): Plain {
  const { action, text } = override;
  if (action === 'remove' && text === '' && field.optional) return undefined;
  const { shape, canonicalName } = field;
  if (action === 'remove' && text === '' && (isList(shape) || isMap(shape)))
    return validate(field, isList(shape) ? [] : {});
  if (isList(shape)) {
    const items = validate({ shape, rules: {}, canonicalName }, parseValue(shape, override, lookup)) as readonly Data[];
    const present = (previous ?? []) as readonly Data[];
    const added = field.isSet ? items.filter((item) => !present.includes(item)) : items;
    return validate(field, action === 'add' ? [...present, ...added] : removeItems(present, items));
  }
  if (!isMap(shape))
    throw new UserError(`${action === 'add' ? '+' : '~'} only applies to lists, maps and slots of several options`);
  const present = (previous ?? {}) as Readonly<Record<string, Data>>;
  if (action === 'add') return validate(field, { ...present, ...(parseValue(shape, override, lookup) as object) });
  return validate(field, removeEntries(present, parseValue(['string'], override, lookup) as readonly string[]));
}

/** Removes items from a list. @throws UserError for an item that is not in it */
export function removeItems(present: readonly Data[], items: readonly Data[]): readonly Data[] {
  const missing = items.find((item) => !present.some((each) => isDeepStrictEqual(each, item)));
  if (missing !== undefined) throw new UserError(`${formatValue(missing)} is not in ${formatValue(present)}`);
  return present.filter((each) => !items.some((item) => isDeepStrictEqual(each, item)));
}

function removeEntries(
  present: Readonly<Record<string, Data>>,
  names: readonly string[],
): Readonly<Record<string, Data>> {
  removeItems(Object.keys(present), names);
  return Object.fromEntries(Object.entries(present).filter(([name]) => !names.includes(name)));
}

/** Sets or removes an entry of a map, which may be nested. */
function editEntry(shape: Shape, path: readonly string[], override: Override, previous: Plain, lookup: Lookup): Data {
  const [name = '', ...rest] = isMap(shape) && isRecord(shape.each) ? recordPath(shape.each, path, override) : path;
  if (!isMap(shape) && !isRecord(shape)) throw new UserError(`it is not a map, so it has no entry ${name}`);
  const inner = isMap(shape) ? shape.each : shape.fields[name];
  if (!inner) throw new UserError(`it has no entry ${name}`);
  const present = (previous ?? {}) as Readonly<Record<string, Data>>;
  if (rest.length === 0 && override.action === 'remove' && override.text === '') return removeEntries(present, [name]);
  if (override.action !== undefined) throw new UserError('a map entry can only be set by key=value or removed by ~key');
  const previousEntry = Object.hasOwn(present, name) ? present[name] : undefined;
  const entry =
    rest.length === 0
      ? (parseValue(inner, override, lookup) as Data)
      : editEntry(inner, rest, override, previousEntry, lookup);
  return Object.fromEntries([...Object.entries(present), [name, entry]]);
}

/** The name of a record in a map, which may contain dots, and the field to set, if it is not the whole record. */
function recordPath(record: RecordShape, path: readonly string[], { action, text, raw }: Override): readonly string[] {
  const isWhole = action === 'remove' || raw instanceof Map || text.startsWith('{') || path.length === 1;
  if (isWhole) return [path.join('.')];
  const field = path.at(-1) ?? '';
  if (!Object.hasOwn(record.fields, field)) throw unknownField(record, field);
  return [path.slice(0, -1).join('.'), field];
}
