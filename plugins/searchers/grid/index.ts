import { type Distribution, ExitCode, type SearchSpace, Searcher, type Suggestion, UserError, option } from 'explab';

/** Every combination, the last setting changing fastest. */
@option(Searcher, 'Grid')
export class GridSearcher extends Searcher {
  count(space: SearchSpace): number {
    refuseUncountable(space);
    return axesOf(space).reduce((product, { values }) => product * values.length, 1);
  }

  suggest(space: SearchSpace, job: number): Suggestion {
    const axes = axesOf(space);
    const chosen = axes.map(({ key, values }, index) => {
      // How many jobs pass before this setting changes.
      const period = axes.slice(index + 1).reduce((product, axis) => product * axis.values.length, 1);
      return [key, values[Math.floor(job / period) % values.length] ?? ''];
    });
    return Object.fromEntries(chosen) as Suggestion;
  }
}

interface Axis {
  readonly key: string;
  readonly values: readonly string[];
}

function axesOf(space: SearchSpace): Axis[] {
  return Object.entries(space).map(([key, distribution]) => ({ key, values: valuesOf(distribution) }));
}

function valuesOf(distribution: Distribution): readonly string[] {
  if (distribution.type === 'choice') return distribution.choices;
  const { low, high } = distribution;
  return Array.from({ length: high - low + 1 }, (_, index) => String(low + index));
}

function refuseUncountable(space: SearchSpace): void {
  const ranges = Object.entries(space).filter(([, { type }]) => type === 'uniform' || type === 'loguniform');
  if (ranges.length === 0) return;
  throw new UserError(
    `A grid cannot go through ${ranges.map(([key]) => key).join(' and ')}: it has no end of values.`,
    {
      hints: ['List the values: key=a,b,c', 'Or draw them: --sweep searcher=Random searcher.trials=20'],
      exitCode: ExitCode.usage,
    },
  );
}
