import { ExitCode, UserError } from '../../errors';
import { fieldOf } from './run-fields';
import type { RunSummary } from './run-summary';

type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** What runs are chosen by: `dataset=Digits`, `learningRate<1e-3`, `tags=baseline`. */
export interface Condition {
  readonly name: string;
  readonly comparison: Comparison;
  readonly text: string;
}

/** @throws UserError for a text that is none */
export function parseCondition(text: string): Condition {
  const [, name, comparison, wanted] = /^([^=!<>]+?)\s*(!=|<=|>=|=|<|>)\s*(.*)$/s.exec(text) ?? [];
  if (name === undefined || wanted === undefined) {
    throw new UserError(`--where ${JSON.stringify(text)} is no condition.`, {
      hints: ["A condition is a name, one of = != < <= > >=, and a value: dataset=Digits 'learningRate<1e-3'"],
      exitCode: ExitCode.usage,
    });
  }
  return { name, comparison: comparison as Comparison, text: wanted };
}

/** Whether a condition holds for a run. None holds for what the run does not have, but that it is `none`. */
export function holds({ name, comparison, text }: Condition, run: RunSummary): boolean {
  const found = fieldOf(run, name);
  if (comparison === '=') return isEqual(found, text);
  if (comparison === '!=') return found !== undefined && !isEqual(found, text);
  const order = compare(found, text);
  if (order === undefined) return false;
  if (order === 0) return comparison === '<=' || comparison === '>=';
  return order < 0 === comparison.startsWith('<');
}

function isEqual(found: unknown, text: string): boolean {
  if (found === undefined) return text === 'none';
  if (Array.isArray(found)) return found.map(textOf).includes(text) || JSON.stringify(found) === withoutSpaces(text);
  return typeof found === 'number' ? found === numberOf(text) : textOf(found) === text;
}

/** The order of two numbers, or of two texts such as ISO times; nothing of what has none. */
function compare(found: unknown, text: string): number | undefined {
  if (typeof found === 'string') return found < text ? -1 : Number(found > text);
  const wanted = numberOf(text);
  return typeof found === 'number' && !Number.isNaN(wanted) ? found - wanted : undefined;
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
