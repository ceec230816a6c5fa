import { expect } from 'chai';
import { parseSweptSettings } from '../../../framework/sweep/search-space';
import { GridSearcher } from '../../../plugins/searchers/grid';

const spaceOf = (...args: string[]) => parseSweptSettings(args).space;

describe('The grid', () => {
  it('goes through every combination, the last setting changing fastest', () => {
    const space = spaceOf('a=1,2', 'b=x,y,z');
    const grid = new GridSearcher();
    const jobs = Array.from({ length: grid.count(space) }, (_, job) => grid.suggest(space, job));
    // As Python's itertools.product orders them.
    expect(jobs.map(({ a, b }) => `${a}${b}`)).to.deep.equal(['1x', '1y', '1z', '2x', '2y', '2z']);
  });

  it('counts integers, including both bounds', () => {
    const space = spaceOf('a=integers(-1,1)');
    const grid = new GridSearcher();
    expect(grid.count(space)).to.equal(3);
    expect([0, 1, 2].map((job) => grid.suggest(space, job)['a'])).to.deep.equal(['-1', '0', '1']);
  });

  it('refuses settings that cannot be enumerated, by name', () => {
    const space = spaceOf('a=1,2', 'b=uniform(0,1)', 'c=loguniform(1,2)');
    expect(() => new GridSearcher().count(space)).to.throw(/^A grid cannot enumerate b and c/);
  });
});
