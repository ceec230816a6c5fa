import { didYouMean, nearest } from '../util/nearest';
import { ExitCode, UserError } from '../errors';
import type { Distribution, SearchSpace } from '../kinds/searcher';

/** The settings of a sweep as they were typed: some with one value for all jobs, some swept. */
export interface SweptSettings {
  /** Words in the order in which they were given; of a key set twice, the last. Each `+key` and `~key` is kept. */
  readonly settings: readonly string[];
  readonly space: SearchSpace;
}

const DISTRIBUTIONS = ['choice', 'integers', 'loguniform', 'uniform'] as const;

/**
 * Reads settings of which some have several values: `key=a,b,c`, `key=choice(a,b)`, `key=integers(1,10)`, `key=uniform(0,1)`,
 * `key=loguniform(1e-5,1e-2)`. A comma within brackets or quotes belongs to one value: `[1,2],[1,2,4]` are two lists.
 * @throws UserError listing every mistake, or where nothing is swept
 */
export function parseSweptSettings(typed: readonly string[]): SweptSettings {
  const args = typed.filter((word, index) => !isReplaced(word, typed.slice(index + 1)));
  const space: [string, Distribution][] = [];
  const mistakes: string[] = [];
  for (const word of args) {
    try {
      const distribution = distributionOf(word);
      if (!distribution) continue;
      if (space.some(([key]) => key === keyOf(word))) throw sweptTwice(keyOf(word));
      space.push([keyOf(word), distribution]);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      mistakes.push(new UserError(`${word}: ${error.message}`, { hints: error.hints }).text);
    }
  }
  if (mistakes.length > 0) throw new UserError(mistakes.join('\n\n'), { exitCode: ExitCode.usage });
  if (space.length === 0) throw nothingSwept();
  // Own properties, whatever the keys are called.
  return { settings: args, space: Object.fromEntries(space) };
}

/** Whether a later word sets the same key anew; words that add to it or take from it work together. */
function isReplaced(word: string, later: readonly string[]): boolean {
  return !/^[+~]/.test(word) && later.some((each) => keyOf(each) === keyOf(word));
}

/** The key of `key=value`, with `+` or `~` before it where that was typed. */
export function keyOf(word: string): string {
  return word.split('=', 1)[0] ?? '';
}

/** Whether a setting has several values. @throws UserError where they cannot be understood */
export function isSwept(word: string): boolean {
  return distributionOf(word) !== undefined;
}

/** The distribution that a setting's value describes; undefined for a single value. */
function distributionOf(word: string): Distribution | undefined {
  const text = word.slice(keyOf(word).length + 1);
  const [, name, inner] = /^([a-z]\w*)\((.*)\)$/is.exec(text) ?? [];
  if (name !== undefined && inner !== undefined) return functionOf(name, splitList(inner));
  const choices = splitList(text);
  return choices.length > 1 ? { type: 'choice', choices } : undefined;
}

function functionOf(name: string, args: readonly string[]): Distribution | undefined {
  const type = DISTRIBUTIONS.find((known) => known === name);
  if (type === 'choice') return { type, choices: args };
  if (type !== undefined) return rangeOf(type, args);
  // A text with brackets may be a value like any other, such as a folder's name.
  if (nearest(name, DISTRIBUTIONS) === undefined) return undefined;
  throw new UserError(`there is no distribution ${name}.`, { hints: [didYouMean(name, DISTRIBUTIONS, 'Known')] });
}

function rangeOf(type: 'uniform' | 'loguniform' | 'integers', args: readonly string[]): Distribution {
  const [low = NaN, high = NaN] = args.map(numberOf);
  if (args.length !== 2 || !Number.isFinite(low) || !Number.isFinite(high)) {
    throw new UserError('two numbers are wanted.', { hints: [`For example: ${type}(1,10)`] });
  }
  if (low >= high) throw new UserError(`the lower bound ${low} is not below the upper ${high}.`);
  if (type === 'loguniform' && low <= 0)
    throw new UserError(`the lower bound ${low} has no logarithm: it must be above 0.`);
  if (type === 'integers' && !(Number.isSafeInteger(low) && Number.isSafeInteger(high))) {
    throw new UserError('both bounds must be whole numbers.');
  }
  return { type, low, high };
}

function numberOf(word: string): number {
  return word.trim() === '' ? NaN : Number(word.replaceAll('_', ''));
}

/** The items between commas that are in no brackets and no quotes. */
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

/** Keeps which brackets and quotes are open, as what would close them. */
function track(open: string[], character: string, isFirst: boolean): void {
  const awaited = open.at(-1);
  if (character === awaited) {
    open.pop();
    return;
  }
  if (awaited === '"' || awaited === "'") return;
  const closing = CLOSING.get(character);
  // An apostrophe within a word opens nothing.
  if (closing ?? (isFirst && /["']/.test(character))) open.push(closing ?? character);
}

function sweptTwice(key: string): UserError {
  return new UserError(`${key} has several values in two places.`, {
    hints: [`Write all of them in one: ${key}=a,b,c`],
  });
}

function nothingSwept(): UserError {
  return new UserError('No setting has several values.', {
    hints: ['Give one some: learningRate=1e-5,2e-5 or learningRate=loguniform(1e-5,1e-2)'],
    exitCode: ExitCode.usage,
  });
}
