import { didYouMean, nearest } from '../util/nearest';
import { ExitCode, UserError } from '../errors';
import type { Distribution, SearchSpace } from '../kinds/searcher';

/** Settings of a sweep as typed: some with one value for all jobs, some swept. */
export interface SweptSettings {
  /** Arguments in order; the last one of a key that is set twice. Each `+key` and `~key` is kept. */
  readonly settings: readonly string[];
  readonly space: SearchSpace;
}

const DISTRIBUTIONS = ['choice', 'integers', 'loguniform', 'uniform'] as const;

/**
 * Parses settings of which some have several values: `key=a,b,c`, `key=choice(a,b)`, `key=integers(1,10)`, `key=uniform(0,1)`,
 * `key=loguniform(1e-5,1e-2)`. A comma within brackets or quotes belongs to one value: `[1,2],[1,2,4]` are two lists.
 * @throws UserError listing every mistake, or if nothing is swept
 */
export function parseSweptSettings(typed: readonly string[]): SweptSettings {
  const args = typed.filter((arg, index) => !isReplaced(arg, typed.slice(index + 1)));
  const space: [string, Distribution][] = [];
  const mistakes: string[] = [];
  for (const arg of args) {
    try {
      const distribution = distributionOf(arg);
      if (!distribution) continue;
      if (space.some(([key]) => key === keyOf(arg))) throw sweptTwice(keyOf(arg));
      space.push([keyOf(arg), distribution]);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      mistakes.push(new UserError(`${arg}: ${error.message}`, { hints: error.hints }).text);
    }
  }
  if (mistakes.length > 0) throw new UserError(mistakes.join('\n\n'), { exitCode: ExitCode.usage });
  if (space.length === 0) throw nothingSwept();
  // fromEntries creates own properties for any key, such as `__proto__`.
  return { settings: args, space: Object.fromEntries(space) };
}

/** True if a later argument sets the same key; those that add to it or remove from it are combined. */
function isReplaced(arg: string, later: readonly string[]): boolean {
  return !/^[+~]/.test(arg) && later.some((each) => keyOf(each) === keyOf(arg));
}

/** The key of `key=value`, with a leading `+` or `~` if any. */
export function keyOf(arg: string): string {
  return arg.split('=', 1)[0] ?? '';
}

/** True if a setting has several values. @throws UserError if they cannot be parsed */
export function isSwept(arg: string): boolean {
  return distributionOf(arg) !== undefined;
}

/** The distribution that a setting's value describes; undefined for a single value. */
function distributionOf(arg: string): Distribution | undefined {
  const text = arg.slice(keyOf(arg).length + 1);
  const [, name, inner] = /^([a-z]\w*)\((.*)\)$/is.exec(text) ?? [];
  if (name !== undefined && inner !== undefined) return functionOf(name, splitList(inner));
  const choices = splitList(text);
  return choices.length > 1 ? { type: 'choice', choices } : undefined;
}

function functionOf(name: string, args: readonly string[]): Distribution | undefined {
  const type = DISTRIBUTIONS.find((known) => known === name);
  if (type === 'choice') return { type, choices: args };
  if (type !== undefined) return rangeOf(type, args);
  // Text with parentheses may be a plain value, such as a folder's name.
  if (nearest(name, DISTRIBUTIONS) === undefined) return undefined;
  throw new UserError(`unknown distribution "${name}".`, { hints: [didYouMean(name, DISTRIBUTIONS, 'Known')] });
}

function rangeOf(type: 'uniform' | 'loguniform' | 'integers', args: readonly string[]): Distribution {
  const [low = NaN, high = NaN] = args.map(numberOf);
  if (args.length !== 2 || !Number.isFinite(low) || !Number.isFinite(high)) {
    throw new UserError('expected two numbers.', { hints: [`For example: ${type}(1,10)`] });
  }
  if (low >= high) throw new UserError(`the lower bound ${low} is not below the upper bound ${high}.`);
  if (type === 'loguniform' && low <= 0) throw new UserError(`the lower bound ${low} must be above 0.`);
  if (type === 'integers' && !(Number.isSafeInteger(low) && Number.isSafeInteger(high))) {
    throw new UserError('both bounds must be integers.');
  }
  return { type, low, high };
}

function numberOf(text: string): number {
  return text.trim() === '' ? NaN : Number(text.replaceAll('_', ''));
}

/** Splits at commas outside of brackets and quotes. */
function splitList(text: string): string[] {
  const items = [''];
  const open: string[] = [];
  for (const character of text) {
    const last = items.length - 1;
    const item = items[last] ?? '';
    if (character === ',' && open.length === 0) {
      items.push('');
      continue;
    }
    items[last] = item + character;
    track(open, character, item.trim() === '');
  }
  return items.map((item) => item.trim());
}

const CLOSING = new Map([
  ['[', ']'],
  ['(', ')'],
  ['{', '}'],
]);

/** Updates the stack of open brackets and quotes, which contains the closing characters. */
function track(open: string[], character: string, isFirst: boolean): void {
  const expected = open.at(-1);
  if (character === expected) {
    open.pop();
    return;
  }
  if (expected === '"' || expected === "'") return;
  const closing = CLOSING.get(character);
  // An apostrophe within text is not a quote.
  if (closing ?? (isFirst && /["']/.test(character))) open.push(closing ?? character);
}

function sweptTwice(key: string): UserError {
  return new UserError(`${key} is swept twice.`, {
    hints: [`Write all values together: ${key}=a,b,c`],
  });
}

function nothingSwept(): UserError {
  return new UserError('Nothing to sweep: no setting has several values.', {
    hints: ['For example: learningRate=1e-5,2e-5 or learningRate=loguniform(1e-5,1e-2)'],
    exitCode: ExitCode.usage,
  });
}
