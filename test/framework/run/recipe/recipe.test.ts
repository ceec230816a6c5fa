import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { UserError } from '../../../../framework/errors';
import { compareWithRecipe, nearestRecipe } from '../../../../framework/run/recipe/compare-recipe';
import { findRecipe } from '../../../../framework/run/recipe/recipe';
import { recordRecipe } from '../../../../framework/run/recipe/record-recipe';
import { meanWithin, windowsOf } from '../../../../framework/run/recipe/windows';
import type { RunFolder } from '../../../../framework/run/run-folder';
import { errorMessage } from '../../../support/config';
import { makeRun } from '../../../support/runs';
import { temporaryFolder } from '../../../support/temporary';

const SETTINGS = { dataset: 'Digits', epochs: 4, samples: 16 };

describe('a recipe', () => {
  const root = temporaryFolder();

  /** A run of 160 updates whose loss is 1/√step, times a factor. */
  function run(id: string, factor: number, { steps = 160, settings = {} } = {}): RunFolder {
    const points = Array.from({ length: steps / 5 }, (_, index) => {
      const step = (index + 1) * 5;
      return { step, loss: factor / Math.sqrt(step) };
    });
    const folder = makeRun(root(), { id, settings: { ...SETTINGS, seed: id, ...settings }, points });
    // How many samples are drawn changes nothing that is learnt.
    const config = JSON.parse(readFileSync(folder.config, 'utf8')) as { settings: Record<string, { role?: string }> };
    config.settings['samples']!.role = 'meta';
    writeFileSync(folder.config, JSON.stringify(config));
    return folder;
  }

  const recorded = () => recordRecipe('small', [run('a', 0.98), run('b', 1), run('c', 1.02)], 'loss');

  it('has the mean of its runs in 16 intervals, and a band from their deviations', () => {
    const { curves, settings, runs, command } = recorded();
    const bands = curves['loss']!;
    expect(bands).to.have.length(16);
    expect([bands[0]!.from, bands[0]!.to, bands[15]!.to]).to.deep.equal([0, 10, 160]);
    // Points at 5 and 10: (1/√5 + 1/√10) / 2.
    expect(bands[0]!.mean).to.be.closeTo(0.381721, 1e-5);
    // Factors of 0.98, 1 and 1.02 have a deviation of 0.02; 4 · 0.02 · √(1 + 1/3) = 0.0923760.
    for (const { mean, low, high } of bands) {
      expect(low / mean).to.be.closeTo(1 - 0.092376, 1e-4);
      expect(high / mean).to.be.closeTo(1 + 0.092376, 1e-4);
    }
    expect(settings).to.deep.equal({ dataset: 'Digits', epochs: 4 });
    expect(runs.map(({ seed, seconds }) => [seed, seconds])).to.deep.equal([
      ['a', 60],
      ['b', 60],
      ['c', 60],
    ]);
    expect(command).to.equal('exp run diffuse preset=small');
  });

  it('of a single run has a band from the scatter of its points', () => {
    const points = Array.from({ length: 160 }, (_, index) => ({ step: index + 1, loss: index % 2 === 0 ? 0.9 : 1.1 }));
    const bands = recordRecipe('one', [makeRun(root(), { id: 'one', settings: SETTINGS, points })], 'loss').curves[
      'loss'
    ]!;
    // 10 points of 1 ± 0.1 have the variance 0.1² · 10/9, their mean a tenth of it; 4 √(0.01/9 · 2) = 0.188562.
    for (const { mean, high } of bands) expect([mean, high]).to.deep.equal([1, 1.1886]);
  });

  it('recognizes a run on its curve, and reports where another left it', () => {
    const recipe = recorded();
    const on = compareWithRecipe(run('on', 1.05), recipe);
    expect([on.checks.length, on.total, on.left, on.differences]).to.deep.equal([16, 16, undefined, []]);
    const spoilt = run('off', 1);
    const lines = readFileSync(spoilt.metrics, 'utf8').trim().split('\n');
    writeFileSync(
      spoilt.metrics,
      lines.map((line, index) => `${index < 12 ? line : line.replace(/"loss":/, '"loss":9')}\n`).join(''),
    );
    const { left, checks } = compareWithRecipe(spoilt, recipe);
    expect(left).to.include({ metric: 'loss', from: 60, to: 70, verdict: 'above' });
    expect(checks.slice(0, 6).every(({ verdict }) => verdict === 'within')).to.equal(true);
    expect(compareWithRecipe(run('low', 0.5), recipe).left).to.include({ from: 0, verdict: 'below' });
  });

  it('checks a run in progress only in the intervals that it has reached', () => {
    const { checks, total, left } = compareWithRecipe(run('short', 1, { steps: 45 }), recorded());
    expect([checks.length, total, left]).to.deep.equal([4, 16, undefined]);
  });

  it('lists settings that differ, except those that do not affect training', () => {
    const other = run('other', 1, { settings: { epochs: 5, clipNorm: 1, samples: 4 } });
    expect(compareWithRecipe(other, recorded()).differences).to.deep.equal([
      { key: 'epochs', wanted: 4, found: 5 },
      { key: 'clipNorm', wanted: undefined, found: 1 },
    ]);
  });

  it('is found by name, or by the settings of a run', () => {
    const recipes = [
      { ...recorded(), name: 'faces', settings: { dataset: 'CelebA', epochs: 4 } },
      { ...recorded(), name: 'digits' },
    ];
    expect(nearestRecipe(run('d', 1), recipes)?.name).to.equal('digits');
    expect(nearestRecipe(run('f', 1, { settings: { dataset: 'CelebA' } }), recipes)?.name).to.equal('faces');
    expect(findRecipe(recipes, 'faces').name).to.equal('faces');
    expect(errorMessage(() => findRecipe(recipes, 'digit'))).to.contain('Did you mean digits?');
  });

  it('is not recorded from runs that do not match', () => {
    const record = (...runs: RunFolder[]) => errorMessage(() => recordRecipe('small', runs, 'loss'));
    expect(record(run('a', 1), run('b', 1, { settings: { epochs: 5 } }))).to.contain('They differ in epochs.');
    expect(record(makeRun(root(), { id: 'failed', record: { status: 'failed' } }))).to.contain('failed is failed');
    expect(() => recordRecipe('small', [run('a', 1)], 'fid')).to.throw(UserError, 'a has no metric fid');
    expect(() => recordRecipe('small', [], 'loss')).to.throw(UserError);
  });
});

describe('the mean of a metric in a part of a run', () => {
  it('weights each point by its number of updates', () => {
    const curve = [
      { step: 10, value: 1 },
      { step: 28, value: 2 },
      { step: 30, value: 7 },
    ];
    // 5 updates of the first point, 18 of the second, 2 of the third.
    expect(meanWithin(curve, { from: 5, to: 30 })).to.be.closeTo((5 * 1 + 18 * 2 + 2 * 7) / 25, 1e-12);
    expect(meanWithin(curve, { from: 5, to: 31 })).to.equal(undefined);
  });

  it('covers parts that follow each other without gaps', () => {
    expect(windowsOf(10, 3)).to.deep.equal([
      { from: 0, to: 3 },
      { from: 3, to: 7 },
      { from: 7, to: 10 },
    ]);
    expect(windowsOf(2, 16)).to.have.length(2);
  });
});
