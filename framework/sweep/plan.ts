import { existsSync } from 'node:fs';
import * as v from 'valibot';
import { readJSON, writeJSON } from '../util/json-file';
import { type SearchSpace, type Searcher, type Suggestion, suggestionOf } from '../kinds/searcher';
import { isSwept, keyOf, type SweptSettings } from './search-space';
import type { SweepFolder } from './sweep-folder';

/** Settings of each job: the known ones are read from the plan, the rest comes from the searcher. */
export class Plan {
  private readonly known: Suggestion[];
  private lastQuery: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly folder: SweepFolder,
    private readonly searcher: Searcher,
    private readonly space: SearchSpace,
  ) {
    this.known = readPlan(folder);
  }

  /** Swept settings of a job, the same at every call. Jobs must be requested in order; queries of the searcher are serialized. */
  suggestion(job: number): Promise<Suggestion> {
    const answer = this.lastQuery.then(async () => this.known[job] ?? this.query(job));
    this.lastQuery = answer.catch(() => undefined);
    return answer;
  }

  private async query(job: number): Promise<Suggestion> {
    const suggestion = await suggestionOf(this.searcher, this.space, job);
    this.known[job] = suggestion;
    writePlan(this.folder, this.known);
    return suggestion;
  }
}

/** Swept settings of the jobs that are known so far. */
export function readPlan(folder: SweepFolder): Suggestion[] {
  return existsSync(folder.plan) ? readJSON(folder.plan, v.array(v.record(v.string(), v.string()))) : [];
}

export function writePlan(folder: SweepFolder, plan: readonly Suggestion[]): void {
  writeJSON(folder.plan, plan);
}

/** All settings of a job, as arguments of `exp run`. @param defaults for settings that are not given */
export function settingsOfJob(
  { settings: args }: SweptSettings,
  suggestion: Suggestion,
  defaults: Suggestion = {},
): string[] {
  const fixed = args.map((arg) => {
    const key = keyOf(arg);
    return Object.hasOwn(suggestion, key) && isSwept(arg) ? `${key}=${suggestion[key] ?? ''}` : arg;
  });
  const keys = args.map(keyOf);
  const added = Object.entries(defaults).filter(([key]) => !keys.includes(key));
  return [...fixed, ...added.map(([key, text]) => `${key}=${text}`)];
}
