import { UserError } from '../../errors';
import { type Field, type GroupField, type Rules, SlotField, SlotsField, ValueField } from '../declare/declare';
import { expandHome } from '../../util/expand-home';
import { nearest } from '../../util/nearest';
import {
  type Data,
  type Plain,
  type Scalar,
  type Shape,
  type RecordShape,
  isList,
  isMap,
  isRecord,
  nameOf,
} from '../declare/shape';

/** Schema that a value is validated against. */
export interface FieldSchema {
  readonly shape: Shape;
  readonly rules: Rules;
  readonly optional?: boolean;
  /** The items of a list must be unique. */
  readonly isSet?: boolean;
  /** Returns the canonical spelling of a name. */
  readonly canonicalName?: ((name: string) => string) | undefined;
}

/** The schema of a field; that of a slot is for the name of its option. Undefined for a computed field that cannot be set. */
export function fieldSchemaOf(field: ValueField | SlotField | SlotsField): FieldSchema;
export function fieldSchemaOf(field: Exclude<Field, GroupField>): FieldSchema | undefined;
export function fieldSchemaOf(field: Exclude<Field, GroupField>): FieldSchema | undefined {
  if (field instanceof SlotField) return { shape: 'string', rules: {}, optional: field.initial === undefined };
  if (field instanceof SlotsField) return { shape: ['string'], rules: {}, isSet: true };
  const { shape, rules } = field;
  return shape && { shape, rules, optional: field instanceof ValueField && field.optional };
}

/** Names that would change an object's prototype. */
const FORBIDDEN = ['__proto__', 'constructor', 'prototype'];

/**
 * Validates and normalizes a value.
 * @returns the value, frozen
 * @throws UserError stating what was expected
 */
export function validate({ canonicalName, ...field }: FieldSchema, value: unknown): Plain {
  const { shape, rules, optional = false, isSet = false } = field;
  const input = canonicalName ? canonicalize(value, canonicalName) : value;
  if (optional && (input === undefined || input === null)) return undefined;
  if (typeof input === 'object' && input !== null) checkCount(rules, input);
  if (isSet && Array.isArray(input)) checkUnique(input);
  return checkShape(shape, rules, input);
}

function canonicalize(input: unknown, canonicalName: (name: string) => string): unknown {
  const canonical = (item: unknown) => (typeof item === 'string' ? canonicalName(item) : item);
  return Array.isArray(input) ? input.map(canonical) : canonical(input);
}

function checkUnique(items: readonly unknown[]): void {
  const duplicate = items.find((item, index) => items.indexOf(item) !== index);
  if (duplicate !== undefined) throw new UserError(`duplicate item ${formatValue(duplicate)}`);
}

function checkCount({ minItems = 0 }: Rules, input: object): void {
  if (Object.keys(input).length < minItems)
    throw new UserError(`${formatValue(input)} has fewer than ${minItems} items`);
}

function checkShape(shape: Shape, rules: Rules, input: unknown): Data {
  if (isList(shape)) {
    if (!Array.isArray(input)) throw typeError(shape, input);
    return Object.freeze(input.map((item) => checkShape(shape[0], rules, item)));
  }
  if (isMap(shape)) return checkMap(shape.each, rules, input);
  if (isRecord(shape)) return checkRecord(shape, rules, input);
  if (typeof input !== shape) throw typeError(shape, input);
  checkRules(rules, input as Scalar);
  return rules.path === true && typeof input === 'string' ? expandHome(input) : (input as Scalar);
}

function checkMap(each: Shape, rules: Rules, input: unknown): Data {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw typeError({ each }, input);
  const entries = Object.entries(input).map(([name, item]): [string, Data] => {
    if (FORBIDDEN.includes(name)) throw new UserError(`"${name}" is not allowed as a map key`);
    return [name, checkShape(each, rules, item)];
  });
  return Object.freeze(Object.fromEntries(entries));
}

function checkRecord(shape: RecordShape, rules: Rules, input: unknown): Data {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw typeError(shape, input);
  const entries = Object.entries(input).map(([name, item]): [string, Data] => {
    const field = Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined;
    if (!field) throw unknownField(shape, name);
    return [name, checkShape(field, rules, item)];
  });
  return Object.freeze(Object.fromEntries(entries));
}

/** @returns an error that suggests the nearest field of a record */
export function unknownField({ fields }: RecordShape, name: string): UserError {
  const names = Object.keys(fields);
  const near = nearest(name, names);
  const hints = near === undefined ? [] : [`Did you mean ${near}?`];
  return new UserError(`${formatValue(name)} is not one of: ${names.join(', ')}`, { hints });
}

function checkRules({ choices, ...limits }: Rules, input: Scalar): void {
  if (choices && !choices.includes(input)) {
    const near = nearest(String(input), choices.map(String));
    const hints = near === undefined ? [] : [`Did you mean ${near}?`];
    throw new UserError(`${formatValue(input)} is not one of: ${choices.join(', ')}`, { hints });
  }
  const violation = typeof input === 'number' ? violatedLimit(limits, input) : undefined;
  if (violation !== undefined) throw new UserError(`${formatValue(input)} ${violation}`);
}

/** The smallest normal float32 above 0, and the largest float32. */
const [FLOAT32_MIN, FLOAT32_MAX] = [2 ** -126, (2 - 2 ** -23) * 2 ** 127];

function violatedLimit({ min, max, above, below, integer }: Rules, input: number): string | undefined {
  if (!Number.isFinite(input)) return 'is not a finite number';
  if (integer === true && !Number.isSafeInteger(input)) return 'is not an integer';
  // Steps are computed in float32, with denormals flushed to 0.
  if (input !== 0 && Math.abs(input) < FLOAT32_MIN) return `rounds to 0 in float32: the smallest number is 1.18e-38`;
  if (Math.abs(input) > FLOAT32_MAX) return `is infinite in float32: the largest number is 3.40e38`;
  const [lower = -Infinity, upper = Infinity] = [min ?? above, max ?? below];
  if (input < lower) return `is less than ${lower}`;
  if (input > upper) return `is more than ${upper}`;
  if (above !== undefined && input <= above) return `is not above ${above}`;
  if (below !== undefined && input >= below) return `is not below ${below}`;
  return undefined;
}

function typeError(shape: Shape, input: unknown): UserError {
  const name = shape === 'boolean' ? 'true or false' : `a ${nameOf(shape)}`;
  return new UserError(`${formatValue(input)} is not ${name}`);
}

/** Formats a value for an error message, truncated. */
export function formatValue(input: unknown): string {
  if (input === '') return 'an empty string';
  if (input === undefined) return 'nothing';
  const text = JSON.stringify(input) as string | undefined;
  return truncate(text ?? typeof input);
}

/** Formats a text for an error message, on one line and truncated. */
export function truncate(text: string, length = 80): string {
  const line = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  return line.length > length ? `${line.slice(0, length)}…` : line;
}
