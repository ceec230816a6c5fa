import type { ConfigNode, ChoiceEntry, ValueEntry } from '../resolve/config-node';
import { SlotField, SlotsField, ValueField } from '../declare/declare';
import type { Registry } from '../resolve/registry';
import { isList } from '../declare/shape';

/**
 * What a word of the command line that begins a setting may go on as: keys, and after `=` what they take.
 * @param root the config with what was given before
 * @returns whole words; one that ends with `=` is not yet a setting
 */
export function completeSetting(root: ConfigNode, registry: Registry, word: string): string[] {
  const sign = /^[+~]/.exec(word)?.[0] ?? '';
  const entries = entriesOf(root).filter((entry) => sign === '' || isMany(entry));
  const equals = word.indexOf('=');
  const candidates =
    equals < 0
      ? entries.map(({ key }) => `${sign}${key}=`)
      : entries
          .filter(({ key }) => key === word.slice(sign.length, equals))
          .flatMap((entry) => {
            const begun = beginning(entry, word, equals);
            const named = begun.slice(equals + 1).split(/[[,\s]+/);
            const values = valuesOf(entry, registry).filter((each) => !named.includes(each));
            return values.map((each) => begun + each);
          });
  return candidates.filter((each) => each.startsWith(word)).sort();
}

type Entry = ValueEntry | ChoiceEntry;

function entriesOf({ values, choices, groups }: ConfigNode): Entry[] {
  const inner = [...groups, ...choices.flatMap(({ chosen }) => chosen)];
  return [...values, ...choices, ...inner.flatMap(entriesOf)];
}

function isMany({ field }: Entry): boolean {
  return field instanceof SlotsField || (field instanceof ValueField && isList(field.shape));
}

/** The word up to what is to be chosen: in a list, the last item. */
function beginning(entry: Entry, word: string, equals: number): string {
  const end = isMany(entry) ? Math.max(equals, word.lastIndexOf(','), word.lastIndexOf('[')) : equals;
  return word.slice(0, end + 1);
}

/** The values that can be named; of a number there are none. */
function valuesOf({ field }: Entry, registry: Registry): string[] {
  if (field instanceof SlotField || field instanceof SlotsField) {
    const names = registry.optionsOf(field.kind).map(({ name }) => name);
    return field.initial === undefined ? [...names, 'none'] : names;
  }
  const { shape, rules } = field;
  const choices = rules.choices ?? (shape === 'boolean' ? [true, false] : []);
  return [...choices.map(String), ...(field instanceof ValueField && field.optional ? ['none'] : [])];
}
