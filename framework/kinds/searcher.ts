import { contractError } from './contract';

/** The values that a setting may take in a sweep. Choices are texts, as on the command line; both bounds belong to a range. */
export type Distribution =
  | { readonly type: 'choice'; readonly choices: readonly string[] }
  | { readonly type: 'uniform' | 'loguniform' | 'integers'; readonly low: number; readonly high: number };

/** What is swept, by the settings' keys, in the order in which they were given. */
export type SearchSpace = Readonly<Record<string, Distribution>>;

/** The swept settings of one job, as texts. */
export type Suggestion = Readonly<Record<string, string>>;

/** What an adaptive searcher is told before its first suggestion. */
export interface Search {
  readonly space: SearchSpace;
  /** Whether a small or a large metric is good. */
  readonly goal: 'min' | 'max';
  /** A folder for files of the searcher's own, which outlive the process. */
  readonly folder: string;
}

/**
 * Chooses the settings of a sweep's jobs. Jobs are numbered from 0, and a number's settings stay the same however often the sweep is
 * killed and resumed.
 */
export abstract class Searcher {
  /** Whether suggestions depend on how earlier jobs ended; each is then asked for when a place is free, and not before. */
  readonly isAdaptive: boolean = false;

  /**
   * How many jobs there are.
   * @throws UserError where such a space cannot be searched
   */
  abstract count(space: SearchSpace): number;

  /** Called before the first job starts, and when the sweep is resumed. What it opens, a method `close()` closes. */
  open(_search: Search): void | Promise<void> {
    // Only adaptive searchers have something to open.
  }

  /** @param job its number, below the count; asked for in order, and again after a crash */
  abstract suggest(space: SearchSpace, job: number): Suggestion | Promise<Suggestion>;

  /**
   * Told how a job ended; told again when the sweep is resumed, to no effect.
   * @param metric nothing where the job failed or has no such metric
   */
  tell(_job: number, _metric: number | undefined): void | Promise<void> {
    // Only adaptive searchers learn.
  }
}

/** How many jobs a searcher has. @throws UserError where that is not a whole number of at least 1, or the space cannot be searched */
export function countOf(searcher: Searcher, space: SearchSpace): number {
  const count = searcher.count(space);
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw contractError(searcher, 'count()', 'a whole number, 1 or more', count);
}

/** What a searcher suggests for a job. @throws UserError where that is not a text for each swept setting, and for no other */
export async function suggestionOf(searcher: Searcher, space: SearchSpace, job: number): Promise<Suggestion> {
  const suggestion = await searcher.suggest(space, job);
  const [wanted, found] = [Object.keys(space), Object.keys(suggestion)];
  const isComplete = wanted.length === found.length && wanted.every((key) => Object.hasOwn(suggestion, key));
  if (!isComplete)
    throw contractError(searcher, `suggest() for job ${job}`, wanted.join(', '), found.join(', ') || 'nothing');
  for (const [key, text] of Object.entries<unknown>(suggestion)) {
    if (typeof text === 'string') continue;
    throw contractError(searcher, `suggest() for job ${job}, ${key}`, 'a text', text);
  }
  return suggestion;
}
