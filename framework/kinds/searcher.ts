import { contractError } from './contract';

/** Values of a setting in a sweep. Choices are strings, as on the command line; ranges include both bounds. */
export type Distribution =
  | { readonly type: 'choice'; readonly choices: readonly string[] }
  | { readonly type: 'uniform' | 'loguniform' | 'integers'; readonly low: number; readonly high: number };

/** Swept settings by key, in the given order. */
export type SearchSpace = Readonly<Record<string, Distribution>>;

/** Swept settings of one job, as strings. */
export type Suggestion = Readonly<Record<string, string>>;

/** Context of a search, passed before the first suggestion. */
export interface Search {
  readonly space: SearchSpace;
  /** Whether a lower or higher metric is better. */
  readonly goal: 'min' | 'max';
  /** Folder for the searcher's own files, which outlive the process. */
  readonly folder: string;
}

/**
 * Chooses the settings of a sweep's jobs. Jobs are numbered from 0; the settings of a number stay the same when the sweep is killed and
 * resumed.
 */
export abstract class Searcher {
  /** Whether suggestions depend on earlier results; each is then requested only when a job can start. */
  readonly isAdaptive: boolean = false;

  /**
   * Number of jobs.
   * @throws UserError if the space cannot be searched
   */
  abstract count(space: SearchSpace): number;

  /** Called before the first job starts, and when the sweep is resumed. An optional method `close()` releases resources. */
  open(_search: Search): void | Promise<void> {
    // Only adaptive searchers have something to open.
  }

  /** @param job its number, below the count; requested in order, and again after a crash */
  abstract suggest(space: SearchSpace, job: number): Suggestion | Promise<Suggestion>;

  /**
   * Reports the result of a job; repeated without effect when the sweep is resumed.
   * @param metric undefined if the job failed or lacks the metric
   */
  tell(_job: number, _metric: number | undefined): void | Promise<void> {
    // Only adaptive searchers learn.
  }
}

/** Number of jobs of a searcher. @throws UserError if it is not an integer of at least 1, or the space cannot be searched */
export function countOf(searcher: Searcher, space: SearchSpace): number {
  const count = searcher.count(space);
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw contractError(searcher, 'count()', 'an integer of at least 1', count);
}

/** Suggestion for a job. @throws UserError unless it has a string for exactly the swept settings */
export async function suggestionOf(searcher: Searcher, space: SearchSpace, job: number): Promise<Suggestion> {
  const suggestion = await searcher.suggest(space, job);
  const [expected, actual] = [Object.keys(space), Object.keys(suggestion)];
  const isComplete = expected.length === actual.length && expected.every((key) => Object.hasOwn(suggestion, key));
  if (!isComplete)
    throw contractError(searcher, `suggest() for job ${job}`, expected.join(', '), actual.join(', ') || 'nothing');
  for (const [key, text] of Object.entries<unknown>(suggestion)) {
    if (typeof text === 'string') continue;
    throw contractError(searcher, `suggest() for job ${job}, ${key}`, 'a string', text);
  }
  return suggestion;
}
