import type { ConfigNode, ChoiceEntry, ValueEntry } from '../resolve/config-node';
import { SlotField, SlotsField, ValueField } from '../declare/declare';
import type { Registry } from '../resolve/registry';
import { isList } from '../declare/shape';

/**
 * Completes a partial setting on the command line: its key, or its value after `=`.
 * @param root the config with the preceding settings
 * @returns complete arguments; one that ends with `=` still needs a value
 */
export function completeSetting(root: ConfigNode, registry: Registry, arg: string): string[] {
  const sign = /^[+~]/.exec(arg)?.[0] ?? '';
  const entries = entriesOf(root).filter((entry) => sign === '' || isMany(entry));
  const equals = arg.indexOf('=');
  const candidates =
    equals < 0
      ? entries.map(({ key }) => `${sign}${key}=`)
      : entries
          .filter(({ key }) => key === arg.slice(sign.length, equals))
          .flatMap((entry) => {
            const prefix = prefixOf(entry, arg, equals);
            const used = prefix.slice(equals + 1).split(/[[,\s]+/);
            const values = valuesOf(entry, registry).filter((each) => !used.includes(each));
            return values.map((each) => prefix + each);
          });
  return candidates.filter((each) => each.startsWith(arg)).sort();
}

type Entry = ValueEntry | ChoiceEntry;

function entriesOf({ values, choices, groups }: ConfigNode): Entry[] {
  const inner = [...groups, ...choices.flatMap(({ chosen }) => chosen)];
  return [...values, ...choices, ...inner.flatMap(entriesOf)];
}

function isMany({ field }: Entry): boolean {
  return field instanceof SlotsField || (field instanceof ValueField && isList(field.shape));
}

/** The part of the argument before the value to complete, which is the last item of a list. */
function prefixOf(entry: Entry, arg: string, equals: number): string {
  const end = isMany(entry) ? Math.max(equals, arg.lastIndexOf(','), arg.lastIndexOf('[')) : equals;
  return arg.slice(0, end + 1);
}

/** The possible values of a setting, if it has a finite set of them. */
function valuesOf({ field }: Entry, registry: Registry): string[] {
  if (field instanceof SlotField || field instanceof SlotsField) {
    const names = registry.optionsOf(field.kind).map(({ name }) => name);
    return field.initial === undefined ? [...names, 'none'] : names;
  }
  const { shape, rules } = field;
  const choices = rules.choices ?? (shape === 'boolean' ? [true, false] : []);
  return [...choices.map(String), ...(field instanceof ValueField && field.optional ? ['none'] : [])];
}
