import { type Distribution, ExitCode, type SearchSpace, Searcher, type Suggestion, UserError, option } from 'explab';

/** Grid search: every combination, with the last setting varying fastest. */
@option(Searcher, 'Grid')
export class GridSearcher extends Searcher {
  count(space: SearchSpace): number {
    assertFinite(space);
    return axesOf(space).reduce((product, { values }) => product * values.length, 1);
  }

  suggest(space: SearchSpace, job: number): Suggestion {
    const axes = axesOf(space);
    const chosen = axes.map(({ key, values }, index) => {
      // Number of jobs with the same value of this setting.
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

function assertFinite(space: SearchSpace): void {
  const ranges = Object.entries(space).filter(([, { type }]) => type === 'uniform' || type === 'loguniform');
  if (ranges.length === 0) return;
  throw new UserError(`A grid cannot enumerate ${ranges.map(([key]) => key).join(' and ')}: the range is continuous.`, {
    hints: ['List the values: key=a,b,c', 'Or sample the range: --sweep searcher=Random searcher.trials=20'],
    exitCode: ExitCode.usage,
  });
}
