import { type ComputedField, type Rules, SlotField, SlotsField, ValueField } from './declare';
import type { Registry } from './registry';
import { type Shape, isList, isMap, nameOf } from './shape';

/** What a setting takes, in words: "whole number, at least 8", "ImageDataset: CelebA, Digits or MNIST". */
export function typeOf(field: ValueField | ComputedField | SlotField | SlotsField, registry: Registry): string {
  if (field instanceof SlotField || field instanceof SlotsField) {
    const names = registry.optionsOf(field.kind).map(({ name }) => name);
    const many = field instanceof SlotsField ? 'any of ' : '';
    const optional = field instanceof SlotField && field.initial === undefined ? ', or none' : '';
    return `${many}${field.kind.name}: ${listed(names.sort(), field instanceof SlotsField ? 'and' : 'or')}${optional}`;
  }
  const { shape, rules } = field;
  if (!shape) return 'follows from other settings, and cannot be set';
  const optional = field instanceof ValueField && field.optional ? 'may be left out' : '';
  return [shapeText(shape, rules), limitsText(rules), optional].filter(Boolean).join(', ');
}

function shapeText(shape: Shape, { integer, choices }: Rules): string {
  if (choices) return `${isList(shape) || isMap(shape) ? 'any' : 'one'} of ${listed(choices.map(String), 'or')}`;
  const text = shape === 'boolean' ? 'true or false' : nameOf(shape);
  return integer ? text.replace('number', 'whole number') : text;
}

function limitsText({ min, max, minItems }: Rules): string {
  const range =
    min !== undefined && max !== undefined
      ? `from ${min} to ${max}`
      : min !== undefined
        ? `at least ${min}`
        : max !== undefined
          ? `at most ${max}`
          : '';
  return [range, minItems === undefined ? '' : `${minItems} or more`].filter(Boolean).join(', ');
}

/** "a, b or c". */
function listed(words: readonly string[], last: 'and' | 'or'): string {
  if (words.length < 2) return words.join('') || 'there is none';
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1) ?? ''}`;
}
