import type { Distribution, SearchSpace, Suggestion } from '../kinds/searcher';

/** Beyond so many combinations of an adaptive search's choices and bounds, the first stand for all. */
const MAX_BOUNDARY_POINTS = 5_000;

/** What a search can suggest at its edges, and between: where the bounds are fit, what lies within is too. */
export function* boundarySuggestions(space: SearchSpace): Generator<Suggestion> {
  const axes = Object.entries(space).map(([key, distribution]) => ({ key, values: samplesOf(distribution) }));
  const all = axes.reduce((product, { values }) => product * values.length, 1);
  for (let index = 0; index < Math.min(all, MAX_BOUNDARY_POINTS); index++) {
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
  const inner = type === 'integers' ? [] : [low + (high - low) / Math.PI];
  return [low, high, ...inner].map(String);
}
