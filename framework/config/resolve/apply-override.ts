import { isDeepStrictEqual } from 'node:util';
import { UserError } from '../../errors';
import { type FieldSchema, validate, formatValue } from './validate';
import type { Override } from '../parse/override';
import { type Lookup, parseText } from '../parse/parse-text';
import { type Data, type Plain, type Shape, isList, isMap } from '../declare/shape';

/**
 * A value after an override of it.
 * @param weaker what it was before
 * @param settings gives the value of another setting
 * @throws UserError saying what is wrong, without a full stop
 */
export function applyOverride(
  field: FieldSchema,
  key: string,
  override: Override,
  weaker: Plain,
  settings: Lookup,
): Plain {
  const lookup = (name: string) =>
    name.startsWith('env:') ? variable(override, name.slice('env:'.length)) : settings(name);
  if (override.key !== key) {
    const path = override.key.slice(key.length + 1).split('.');
    return validate(field, withEntry(field.shape, path, override, weaker, lookup));
  }
  if (override.action !== undefined) return applyListEdit(field, override, weaker, lookup);
  if (override.text === 'null' || override.text === 'none') return unset(field, override.text);
  return validate(field, parseText(field.shape, override.text, lookup));
}

function variable({ variables = {} }: Override, name: string): string {
  if (Object.hasOwn(variables, name)) return variables[name] ?? '';
  throw new UserError(`the environment variable ${name} is not set`);
}

function unset(field: FieldSchema, word: string): Plain {
  if (field.optional) return undefined;
  const plain = field.shape === 'string' && field.rules.choices?.includes(word);
  if (plain) return word;
  const hints = field.shape === 'string' ? [`For the word itself, write it in quotes: '"${word}"'`] : [];
  throw new UserError('this cannot be left out', { hints });
}

/** Adds to a list or map, or takes from it; taking nothing in particular takes all. */
function applyListEdit(field: FieldSchema, { action, text }: Override, weaker: Plain, lookup: Lookup): Plain {
  if (action === 'remove' && text === '' && field.optional) return undefined;
  const { shape, canonicalName: spell } = field;
  if (action === 'remove' && text === '' && (isList(shape) || isMap(shape)))
    return validate(field, isList(shape) ? [] : {});
  if (isList(shape)) {
    const items = validate(
      { shape, rules: {}, canonicalName: spell },
      parseText(shape, text, lookup),
    ) as readonly Data[];
    const present = (weaker ?? []) as readonly Data[];
    const added = field.isSet ? items.filter((item) => !present.includes(item)) : items;
    return validate(field, action === 'add' ? [...present, ...added] : without(present, items));
  }
  if (!isMap(shape))
    throw new UserError(`${action === 'add' ? '+' : '~'} is for lists, maps and slots of several options`);
  const present = (weaker ?? {}) as Readonly<Record<string, Data>>;
  if (action === 'add') return validate(field, { ...present, ...(parseText(shape, text, lookup) as object) });
  return validate(field, withoutNames(present, parseText(['string'], text, lookup) as readonly string[]));
}

/** @throws UserError for an item that is not there */
export function without(present: readonly Data[], items: readonly Data[]): readonly Data[] {
  const missing = items.find((item) => !present.some((each) => isDeepStrictEqual(each, item)));
  if (missing !== undefined) throw new UserError(`there is no ${formatValue(missing)} in ${formatValue(present)}`);
  return present.filter((each) => !items.some((item) => isDeepStrictEqual(each, item)));
}

function withoutNames(
  present: Readonly<Record<string, Data>>,
  names: readonly string[],
): Readonly<Record<string, Data>> {
  without(Object.keys(present), names);
  return Object.fromEntries(Object.entries(present).filter(([name]) => !names.includes(name)));
}

/** A map with one entry set or taken away, which may be deep in maps of maps. */
function withEntry(shape: Shape, path: readonly string[], override: Override, weaker: Plain, lookup: Lookup): Data {
  const [name = '', ...rest] = path;
  if (!isMap(shape)) throw new UserError(`there is nothing within it that could be named ${name}`);
  const present = (weaker ?? {}) as Readonly<Record<string, Data>>;
  if (rest.length === 0 && override.action === 'remove' && override.text === '') return withoutNames(present, [name]);
  if (override.action !== undefined) throw new UserError('an entry of a map can only be set, or taken away by ~key');
  const before = Object.hasOwn(present, name) ? present[name] : undefined;
  const entry =
    rest.length === 0
      ? (parseText(shape.each, override.text, lookup) as Data)
      : withEntry(shape.each, rest, override, before, lookup);
  return Object.fromEntries([...Object.entries(present), [name, entry]]);
}
