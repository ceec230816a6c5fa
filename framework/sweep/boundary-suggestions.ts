import type { Distribution, SearchSpace, Suggestion } from '../kinds/searcher';

/** Maximum number of combinations to check. */
const MAX_BOUNDARY_POINTS = 5_000;

/** Suggestions at the bounds of a search space and between them: if the bounds are valid, so are the values within. */
export function* boundarySuggestions(space: SearchSpace): Generator<Suggestion> {
  const axes = Object.entries(space).map(([key, distribution]) => ({ key, values: samplesOf(distribution) }));
  const all = axes.reduce((product, { values }) => product * values.length, 1);
  for (let index = 0; index < Math.min(all, MAX_BOUNDARY_POINTS); index++) {
    let rest = index;
    const suggestion = axes.map(({ key, values }) => {
      const value = values[rest % values.length] ?? '';
      rest = Math.floor(rest / values.length);
      return [key, value];
    });
    yield Object.fromEntries(suggestion) as Suggestion;
  }
}

function samplesOf(distribution: Distribution): readonly string[] {
  if (distribution.type === 'choice') return distribution.choices;
  const { type, low, high } = distribution;
  // A value within that is not an integer, so that a range of reals is rejected for an integer setting.
  const inner = type === 'integers' ? [] : [low + (high - low) / Math.PI];
  return [low, high, ...inner].map(String);
}
