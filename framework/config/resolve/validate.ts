import { UserError } from '../../errors';
import { type Field, type GroupField, type Rules, SlotField, SlotsField, ValueField } from '../declare/declare';
import { expandHome } from '../../util/expand-home';
import { nearest } from '../../util/nearest';
import { type Data, type Plain, type Scalar, type Shape, isList, isMap, nameOf } from '../declare/shape';

/** What a value is checked against. */
export interface FieldSchema {
  readonly shape: Shape;
  readonly rules: Rules;
  readonly optional?: boolean;
  /** Whether a list has each item at most once. */
  readonly isSet?: boolean;
  /** How a name is spelled that may be written in other ways. */
  readonly canonicalName?: ((name: string) => string) | undefined;
}

/** What a field is checked against; a slot by the name of its option. Nothing for a computed field that cannot be set. */
export function fieldSchemaOf(field: ValueField | SlotField | SlotsField): FieldSchema;
export function fieldSchemaOf(field: Exclude<Field, GroupField>): FieldSchema | undefined;
export function fieldSchemaOf(field: Exclude<Field, GroupField>): FieldSchema | undefined {
  if (field instanceof SlotField) return { shape: 'string', rules: {}, optional: field.initial === undefined };
  if (field instanceof SlotsField) return { shape: ['string'], rules: {}, isSet: true };
  const { shape, rules } = field;
  return shape && { shape, rules, optional: field instanceof ValueField && field.optional };
}

/** Names that would reach an object's prototype. */
const FORBIDDEN = ['__proto__', 'constructor', 'prototype'];

/**
 * A value as a field takes it, frozen.
 * @throws UserError saying what was wanted
 */
export function validate({ canonicalName: spell, ...field }: FieldSchema, written: unknown): Plain {
  const { shape, rules, optional = false, isSet = false } = field;
  const found = spell ? spelled(written, spell) : written;
  if (optional && (found === undefined || found === null)) return undefined;
  if (typeof found === 'object' && found !== null) checkCount(rules, found);
  if (isSet && Array.isArray(found)) checkOnce(found);
  return checkShape(shape, rules, found);
}

function spelled(found: unknown, spell: (name: string) => string): unknown {
  const one = (item: unknown) => (typeof item === 'string' ? spell(item) : item);
  return Array.isArray(found) ? found.map(one) : one(found);
}

function checkOnce(items: readonly unknown[]): void {
  const twice = items.find((item, index) => items.indexOf(item) !== index);
  if (twice !== undefined) throw new UserError(`${formatValue(twice)} is there twice`);
}

function checkCount({ minItems = 0 }: Rules, found: object): void {
  if (Object.keys(found).length < minItems)
    throw new UserError(`${formatValue(found)} has fewer than ${minItems} items`);
}

function checkShape(shape: Shape, rules: Rules, found: unknown): Data {
  if (isList(shape)) {
    if (!Array.isArray(found)) throw typeError(shape, found);
    return Object.freeze(found.map((item) => checkShape(shape[0], rules, item)));
  }
  if (isMap(shape)) return checkMap(shape.each, rules, found);
  if (typeof found !== shape) throw typeError(shape, found);
  checkRules(rules, found as Scalar);
  return rules.path === true && typeof found === 'string' ? expandHome(found) : (found as Scalar);
}

function checkMap(each: Shape, rules: Rules, found: unknown): Data {
  if (typeof found !== 'object' || found === null || Array.isArray(found)) throw typeError({ each }, found);
  const entries = Object.entries(found).map(([name, item]): [string, Data] => {
    if (FORBIDDEN.includes(name)) throw new UserError(`"${name}" cannot be a name in a map`);
    return [name, checkShape(each, rules, item)];
  });
  return Object.freeze(Object.fromEntries(entries));
}

function checkRules({ choices, ...limits }: Rules, found: Scalar): void {
  if (choices && !choices.includes(found)) {
    const near = nearest(String(found), choices.map(String));
    const hints = near === undefined ? [] : [`Did you mean ${near}?`];
    throw new UserError(`${formatValue(found)} is none of ${choices.join(', ')}`, { hints });
  }
  const broken = typeof found === 'number' ? brokenLimit(limits, found) : undefined;
  if (broken !== undefined) throw new UserError(`${formatValue(found)} ${broken}`);
}

/** The least normal float32 above 0, and the largest. */
const [FLOAT32_MIN, FLOAT32_MAX] = [2 ** -126, (2 - 2 ** -23) * 2 ** 127];

function brokenLimit({ min, max, above, below, integer }: Rules, found: number): string | undefined {
  if (!Number.isFinite(found)) return 'is not a finite number';
  if (integer === true && !Number.isSafeInteger(found)) return 'is not a whole number';
  // Steps are computed in float32, and denormal numbers are taken for 0 there.
  if (found !== 0 && Math.abs(found) < FLOAT32_MIN) return `rounds to 0 in float32: the smallest number is 1.18e-38`;
  if (Math.abs(found) > FLOAT32_MAX) return `is infinite in float32: the largest number is 3.40e38`;
  const [least = -Infinity, most = Infinity] = [min ?? above, max ?? below];
  if (found < least) return `is less than ${least}`;
  if (found > most) return `is more than ${most}`;
  if (above !== undefined && found <= above) return `is not above ${above}`;
  if (below !== undefined && found >= below) return `is not below ${below}`;
  return undefined;
}

function typeError(shape: Shape, found: unknown): UserError {
  const name = shape === 'boolean' ? 'true or false' : `a ${nameOf(shape)}`;
  return new UserError(`${formatValue(found)} is not ${name}`);
}

/** A value as an error shows it, long ones cut. */
export function formatValue(found: unknown): string {
  if (found === '') return 'an empty text';
  if (found === undefined) return 'nothing';
  const text = JSON.stringify(found) as string | undefined;
  return truncate(text ?? typeof found);
}

/** A text as an error shows it: on one line, and not too long. */
export function truncate(text: string, length = 80): string {
  const line = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  return line.length > length ? `${line.slice(0, length)}…` : line;
}
