import { ExitCode, UserError } from '../errors';
import type { Distribution, SearchSpace, Suggestion } from '../kinds/searcher';

/** Beyond so many combinations of an adaptive search's choices and bounds, the first stand for all. */
const MOST_CORNERS = 5_000;

/**
 * Checks the settings of many jobs, and tells every mistake once, however many jobs have it.
 * @param check throws a UserError where a job's settings are wrong
 */
export function checkJobs<T>(jobs: Iterable<T>, check: (job: T) => void): void {
  const mistakes = new Map<string, string>();
  for (const job of jobs) {
    try {
      check(job);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      // Mistakes in one job's settings stand in paragraphs of their own.
      for (const mistake of error.text.split(/\n\s*\n(?=\S)/)) {
        // What is wrong with a key is told for the first of its values; what is wrong with a value names the value.
        const kind = mistake.replace(/^([^\s=]+)=\S*: /, '$1: ');
        if (!mistakes.has(kind)) mistakes.set(kind, mistake);
      }
    }
  }
  if (mistakes.size > 0) throw new UserError([...mistakes.values()].join('\n\n'), { exitCode: ExitCode.usage });
}

/** What a search can suggest at its edges, and between: where the bounds are fit, what lies within is too. */
export function* corners(space: SearchSpace): Generator<Suggestion> {
  const axes = Object.entries(space).map(([key, distribution]) => ({ key, values: samplesOf(distribution) }));
  const all = axes.reduce((product, { values }) => product * values.length, 1);
  for (let index = 0; index < Math.min(all, MOST_CORNERS); index++) {
    let rest = index;
    const corner = axes.map(({ key, values }) => {
      const value = values[rest % values.length] ?? '';
      rest = Math.floor(rest / values.length);
      return [key, value];
    });
    yield Object.fromEntries(corner) as Suggestion;
  }
}

function samplesOf(distribution: Distribution): readonly string[] {
  if (distribution.type === 'choice') return distribution.choices;
  const { type, low, high } = distribution;
  // A third within: no whole number, so that a range of reals is not taken for a whole setting's.
  const within = type === 'integers' ? [] : [low + (high - low) / Math.PI];
  return [low, high, ...within].map(String);
}
