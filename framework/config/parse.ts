import { parse as parseYaml } from 'yaml';
import { UserError, messageOf } from '../errors';
import type { Plain, Rules, Scalar, ValueField } from './declare';

/**
 * The value that a text of the command line stands for, by the type of the field.
 * @throws UserError saying what was wanted
 */
export function parseText(field: ValueField, text: string): Plain {
  if (field.optional && (text === 'null' || text === 'none')) return undefined;
  return check(field, field.isList ? parseList(text) : parseScalar(field.type, text));
}

/**
 * A value that is one already (from a preset or a file), checked against the field.
 * @throws UserError saying what was wanted
 */
export function check(field: ValueField, found: unknown): Plain {
  if (field.optional && (found === undefined || found === null)) return undefined;
  if (!field.isList) return checkScalar(field, found);
  if (!Array.isArray(found)) throw wanted(field, found);
  const { minItems = 0 } = field.rules;
  if (found.length < minItems) throw new UserError(`${describe(found)} has fewer than ${minItems} items`);
  return found.map((item) => checkScalar(field, item));
}

function parseList(text: string): unknown {
  try {
    return parseYaml(text.startsWith('[') ? text : `[${text}]`);
  } catch (error) {
    throw new UserError(`${describe(text)} is not a list: ${messageOf(error).split('\n')[0] ?? ''}`);
  }
}

function parseScalar(type: ValueField['type'], text: string): unknown {
  if (type === 'number')
    return /^[-+]?(\d[\d_]*\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text.replaceAll('_', '')) : text;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}

function checkScalar(field: ValueField, found: unknown): Scalar {
  if (typeof found !== field.type) throw wanted(field, found);
  const scalar = found as Scalar;
  const broken = brokenRule(field.rules, scalar);
  if (broken !== undefined) throw new UserError(`${describe(found)} ${broken}`);
  return scalar;
}

function brokenRule({ min, max, integer, choices }: Rules, found: Scalar): string | undefined {
  if (choices && !choices.includes(found)) return `is none of ${choices.join(', ')}`;
  if (typeof found !== 'number') return undefined;
  if (!Number.isFinite(found)) return 'is not a finite number';
  if (integer === true && !Number.isSafeInteger(found)) return 'is not a whole number';
  if (min !== undefined && found < min) return `is less than ${min}`;
  if (max !== undefined && found > max) return `is more than ${max}`;
  return undefined;
}

function wanted(field: ValueField, found: unknown): UserError {
  const article = { number: 'a number', string: 'a text', boolean: 'true or false' }[field.type];
  return new UserError(`${describe(found)} is not ${field.isList ? `a list, each item ${article}` : article}`);
}

function describe(found: unknown): string {
  return typeof found === 'string' ? (found === '' ? 'an empty text' : `"${found}"`) : JSON.stringify(found);
}
