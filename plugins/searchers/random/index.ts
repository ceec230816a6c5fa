import { type Distribution, Random, type SearchSpace, Searcher, type Suggestion, option, value } from 'explab';

/** Settings of the random search. */
export class RandomSettings {
  /** Number of jobs. */
  trials = value(20, { integer: true, min: 1 });
  /** Random seed of the search. */
  seed = value(1, { integer: true, min: 0 });
}

/** Random search (Bergstra and Bengio 2012): each setting is drawn independently, reproducibly for a seed. */
@option(Searcher, 'Random', RandomSettings)
export class RandomSearcher extends Searcher {
  constructor(private readonly settings: RandomSettings) {
    super();
  }

  count(): number {
    return this.settings.trials;
  }

  suggest(space: SearchSpace, job: number): Suggestion {
    const random = Random.fromSeed(this.settings.seed).stream('sweep');
    const values = Object.entries(space).map(([key, distribution]) => [
      key,
      // One stream per setting: adding a setting to the sweep does not change the values of the others.
      sampleFrom(distribution, random.stream(key).at(job).fraction()),
    ]);
    return Object.fromEntries(values) as Suggestion;
  }
}

/** @param u in [0, 1) */
function sampleFrom(distribution: Distribution, u: number): string {
  if (distribution.type === 'choice') {
    const { choices } = distribution;
    return choices[Math.floor(u * choices.length)] ?? '';
  }
  const { type, low, high } = distribution;
  if (type === 'integers') return String(low + Math.floor(u * (high - low + 1)));
  if (type === 'uniform') return String(low + u * (high - low));
  // log x ~ U(log low, log high)
  return String(Math.min(high, low * (high / low) ** u));
}
