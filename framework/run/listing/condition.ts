import { ExitCode, UserError } from '../../errors';
import { fieldOf } from './run-fields';
import type { RunSummary } from './run-summary';

type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** Condition on runs: `optimizer=Adam`, `learningRate<1e-3`, `tags=baseline`. */
export interface Condition {
  readonly name: string;
  readonly comparison: Comparison;
  readonly text: string;
}

/** A name, a comparison and a value. */
const CONDITION = /^([^=!<>]+?)\s*(!=|<=|>=|=|<|>)\s*(.*)$/s;

export const isCondition = (text: string): boolean => CONDITION.test(text);

/** @throws UserError for an invalid condition */
export function parseCondition(text: string): Condition {
  const [, name, comparison, value] = CONDITION.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new UserError(`--where ${JSON.stringify(text)} is not a condition.`, {
      hints: ["A condition is a name, one of = != < <= > >=, and a value: optimizer=Adam 'learningRate<1e-3'"],
      exitCode: ExitCode.usage,
    });
  }
  return { name, comparison: comparison as Comparison, text: value };
}

/** True if a condition holds for a run. A missing value only matches `=none`. */
export function holds({ name, comparison, text }: Condition, run: RunSummary): boolean {
  const value = fieldOf(run, name);
  if (comparison === '=') return isEqual(value, text);
  if (comparison === '!=') return value !== undefined && !isEqual(value, text);
  const order = compare(value, text);
  if (order === undefined) return false;
  if (order === 0) return comparison === '<=' || comparison === '>=';
  return order < 0 === comparison.startsWith('<');
}

function isEqual(value: unknown, text: string): boolean {
  if (value === undefined) return text === 'none';
  if (Array.isArray(value)) return value.map(textOf).includes(text) || JSON.stringify(value) === withoutSpaces(text);
  return typeof value === 'number' ? value === numberOf(text) : textOf(value) === text;
}

/** Order of two numbers, or of two texts such as ISO times; undefined if they cannot be compared. */
function compare(value: unknown, text: string): number | undefined {
  if (typeof value === 'string') return value < text ? -1 : Number(value > text);
  const other = numberOf(text);
  return typeof value === 'number' && !Number.isNaN(other) ? value - other : undefined;
}

function numberOf(text: string): number {
  return text.trim() === '' ? NaN : Number(text.replaceAll('_', ''));
}

function withoutSpaces(text: string): string {
  return text.replace(/\s/g, '');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
