import { existsSync } from 'node:fs';
import * as v from 'valibot';
import { readJSON, writeJSON } from '../util/json-file';
import { type SearchSpace, type Searcher, type Suggestion, suggestionOf } from '../kinds/searcher';
import { isSwept, keyOf, type SweptSettings } from './search-space';
import type { SweepFolder } from './sweep-folder';

/** The settings of each job: those that are known, written down, and the rest by the searcher. */
export class Plan {
  private readonly known: Suggestion[];
  private asked: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly folder: SweepFolder,
    private readonly searcher: Searcher,
    private readonly space: SearchSpace,
  ) {
    this.known = readPlan(folder);
  }

  /** The swept settings of a job, the same at every call. Jobs must be asked for in order; the searcher is asked one at a time. */
  suggestion(job: number): Promise<Suggestion> {
    const answer = this.asked.then(async () => this.known[job] ?? this.ask(job));
    this.asked = answer.catch(() => undefined);
    return answer;
  }

  private async ask(job: number): Promise<Suggestion> {
    const suggestion = await suggestionOf(this.searcher, this.space, job);
    this.known[job] = suggestion;
    writePlan(this.folder, this.known);
    return suggestion;
  }
}

/** The swept settings of the jobs that are known so far. */
export function readPlan(folder: SweepFolder): Suggestion[] {
  return existsSync(folder.plan) ? readJSON(folder.plan, v.array(v.record(v.string(), v.string()))) : [];
}

export function writePlan(folder: SweepFolder, plan: readonly Suggestion[]): void {
  writeJSON(folder.plan, plan);
}

/** All settings of a job, as `exp run` takes them. @param defaults settings that it gets where they are not given */
export function settingsOfJob(
  { settings: args }: SweptSettings,
  suggestion: Suggestion,
  defaults: Suggestion = {},
): string[] {
  const fixed = args.map((word) => {
    const key = keyOf(word);
    return Object.hasOwn(suggestion, key) && isSwept(word) ? `${key}=${suggestion[key] ?? ''}` : word;
  });
  const keys = args.map(keyOf);
  const added = Object.entries(defaults).filter(([key]) => !keys.includes(key));
  return [...fixed, ...added.map(([key, text]) => `${key}=${text}`)];
}
