import { expect } from 'chai';
import { parseSweptSettings } from '../../../framework/sweep/search-space';
import { RandomSearcher, RandomSettings } from '../../../plugins/searchers/random';
import { settingsOf } from '../../support/settings';

const SPACE = parseSweptSettings([
  'real=uniform(-2,6)',
  'rate=loguniform(1e-5,1e-1)',
  'whole=integers(1,4)',
  'name=a,b,c',
]).space;

/** The draws of many jobs, by setting. */
function draws(seed: number, space = SPACE, jobs = 4000): Record<string, string[]> {
  const searcher = new RandomSearcher(settingsOf(RandomSettings, { seed }));
  const suggestions = Array.from({ length: jobs }, (_, job) => searcher.suggest(space, job));
  return Object.fromEntries(Object.keys(space).map((key) => [key, suggestions.map((each) => each[key]!)]));
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('The random search', () => {
  it('draws the same for the same seed and job, in any order', () => {
    const { real } = draws(7);
    const again = new RandomSearcher(settingsOf(RandomSettings, { seed: 7 }));
    expect([30, 2, 17].map((job) => again.suggest(SPACE, job)['real'])).to.deep.equal(
      [30, 2, 17].map((job) => real![job]),
    );
    expect(draws(8)['real']!.slice(0, 3)).not.to.deep.equal(real!.slice(0, 3));
  });

  it('draws the same for a setting, whatever else is swept', () => {
    const alone = parseSweptSettings(['real=uniform(-2,6)']).space;
    expect(draws(1, alone, 5)['real']).to.deep.equal(draws(1, SPACE, 5)['real']);
  });

  it('draws uniformly between its bounds', () => {
    const { real, rate, whole, name } = draws(1);
    const [reals, logs] = [real!.map(Number), rate!.map((text) => Math.log10(Number(text)))];
    expect(Math.min(...reals)).to.be.within(-2, -1.9);
    expect(Math.max(...reals)).to.be.within(5.9, 6);
    // The mean of U(-2, 6) is 2 with a standard error of 8 / √(12 · 4000) = 0.037; of the logarithms -3 and 0.018.
    expect(mean(reals)).to.be.closeTo(2, 0.15);
    expect(mean(logs)).to.be.closeTo(-3, 0.08);
    expect([Math.min(...logs), Math.max(...logs)].every((log) => log >= -5 && log <= -1)).to.equal(true);
    // Of 4,000 draws each of four numbers comes 1,000 times, give or take 27; each of three names 1,333 times, give or take 30.
    for (const number of ['1', '2', '3', '4']) {
      expect(whole!.filter((each) => each === number).length).to.be.closeTo(1000, 120);
    }
    for (const each of ['a', 'b', 'c']) expect(name!.filter((one) => one === each).length).to.be.closeTo(1333, 130);
  });
});
