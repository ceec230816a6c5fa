import { type ComputedField, type Rules, SlotField, SlotsField, ValueField } from '../declare/declare';
import type { Registry } from '../resolve/registry';
import { type Shape, isList, isMap, nameOf } from '../declare/shape';

/** Readable type of a setting: "integer, at least 8", "Optimizer: Adam, AdamW or SGD". */
export function typeOf(field: ValueField | ComputedField | SlotField | SlotsField, registry: Registry): string {
  if (field instanceof SlotField || field instanceof SlotsField) {
    const names = registry.optionsOf(field.kind).map(({ name }) => name);
    const many = field instanceof SlotsField ? 'any of ' : '';
    const optional = field instanceof SlotField && field.initial === undefined ? ', or none' : '';
    return `${many}${field.kind.name}: ${joinList(names.sort(), field instanceof SlotsField ? 'and' : 'or')}${optional}`;
  }
  const { shape, rules } = field;
  if (!shape) return 'computed, cannot be set';
  const optional = field instanceof ValueField && field.optional ? 'optional' : '';
  return [shapeText(shape, rules), limitsText(shape, rules), optional].filter(Boolean).join(', ');
}

/** Formats a value in command-line syntax. Texts are only quoted if they would be parsed as something else. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return needsQuotes(value) ? quote(value) : value;
  if (Array.isArray(value)) return `[${value.map((item: unknown) => (isPlain(item) ? item : quote(item))).join(', ')}]`;
  return value === undefined ? 'none' : quote(value);
}

/** A value as JSON, with `${` escaped. */
export function quote(value: unknown): string {
  // A function, because `$$` in a replacement text means a single `$`.
  return JSON.stringify(value ?? null).replaceAll('${', () => '$${');
}

/** True for a text that would be parsed as something else, or would be invisible. */
const needsQuotes = (text: string) => text === '' || /^(null|none)$|^["']|\$\{|\n/.test(text);

const isPlain = (item: unknown): item is string => typeof item === 'string' && /^[\w./-]+$/.test(item);

function shapeText(shape: Shape, { integer, choices }: Rules): string {
  if (choices) return `${isList(shape) || isMap(shape) ? 'any' : 'one'} of ${joinList(choices.map(String), 'or')}`;
  const text = nameOf(shape);
  return integer ? text.replace('number', 'integer') : text;
}

function limitsText(shape: Shape, rules: Rules): string {
  const { minItems } = rules;
  const each = isList(shape) || isMap(shape) ? 'each ' : '';
  const range = rangeText(rules);
  const limits = range === '' ? [] : [each + range];
  return [...limits, ...(minItems === undefined ? [] : [`${minItems} items or more`])].join(', ');
}

function rangeText({ min, max, above, below }: Rules): string {
  if (min !== undefined && max !== undefined) return `from ${min} to ${max}`;
  const limits = Object.entries({ above, 'at least': min, below, 'at most': max });
  return limits.flatMap(([name, limit]) => (limit === undefined ? [] : [`${name} ${limit}`])).join(' and ');
}

/** "a, b or c". */
function joinList(items: readonly string[], last: 'and' | 'or'): string {
  if (items.length < 2) return items.join('') || 'none registered';
  return `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1) ?? ''}`;
}
