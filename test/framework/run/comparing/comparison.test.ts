import { expect } from 'chai';
import { goalOf } from '../../../../framework/kinds/metric';
import { compareRuns } from '../../../../framework/run/comparing/comparison';
import { resampled } from '../../../../framework/run/comparing/curves';
import { sortMetrics } from '../../../../framework/run/metric-summary';
import { makeRun } from '../../../support/runs';
import { temporaryFolder } from '../../../support/temporary';

describe('comparing runs', () => {
  const root = temporaryFolder();

  it('lists the settings that differ, and a summary of each metric', () => {
    const runs = [
      makeRun(root(), {
        id: 'a',
        settings: { learningRate: 0.1, sizes: [1, 2], seed: 1 },
        points: [
          { step: 10, time: 'x', loss: 3 },
          { step: 20, time: 'y', loss: 1 },
          { step: 30, loss: 1 },
          { step: 40, loss: 'NaN', 'valid/accuracy': 0.5 },
        ],
      }),
      makeRun(root(), {
        id: 'b',
        settings: { learningRate: 0.2, sizes: [1, 2], seed: 1, extra: true },
        points: [{ step: 5, loss: 2 }],
      }),
    ];
    const { settings, metrics } = compareRuns(runs);
    expect(settings).to.deep.equal({ learningRate: [0.1, 0.2], extra: [undefined, true] });
    expect(metrics).to.deep.equal({
      loss: [
        { last: 1, min: { value: 1, step: 20 }, max: { value: 3, step: 10 } },
        { last: 2, min: { value: 2, step: 5 }, max: { value: 2, step: 5 } },
      ],
      'valid/accuracy': [{ last: 0.5, min: { value: 0.5, step: 40 }, max: { value: 0.5, step: 40 } }, undefined],
    });
  });

  it('names the experiments if they differ', () => {
    const runs = ['diffuse', 'classify'].map((experiment) => makeRun(root(), { id: experiment, experiment }));
    expect(compareRuns(runs).settings).to.deep.equal({ experiment: ['diffuse', 'classify'] });
  });

  it('resamples long curves by means, and short ones by linear interpolation', () => {
    const points = (...all: [step: number, value: number][]) => all.map(([step, value]) => ({ step, value }));
    const curve = points([1, 0], [2, 1], [3, 2], [4, 3], [5, 4], [6, 5], [7, 6]);
    expect(resampled(curve, 7)).to.deep.equal(curve);
    expect(resampled(curve, 3)).to.deep.equal(points([3, 1], [6, 4], [7, 6]));
    expect(resampled(points([10, 1], [20, 3], [50, 0]), 5)).to.deep.equal(
      points([10, 1], [20, 3], [30, 2], [40, 1], [50, 0]),
    );
    expect(resampled(points([10, 1], [10, 2]), 3).map(({ value }) => value)).to.deep.equal([1, 1, 1]);
  });

  it('lists hardware metrics last', () => {
    expect(sortMetrics(['loss', 'hardware/cpu', 'valid/loss'])).to.deep.equal(['loss', 'valid/loss', 'hardware/cpu']);
  });

  it('prefers the goals that the runs recorded to those guessed from names', () => {
    const points = [{ step: 1, 'word/score': 1, latency: 2, loss: 3 }];
    const run = makeRun(root(), { id: 'a', record: { goals: { 'word/score': 'min', latency: 'max' } }, points });
    const old = makeRun(root(), { id: 'b', points });
    expect(compareRuns([run, old]).goals).to.deep.equal({ 'word/score': 'min', latency: 'max', loss: 'min' });
    expect(compareRuns([old, old]).goals).to.deep.equal({ 'word/score': 'max', latency: 'min', loss: 'min' });
  });

  it('treats a higher accuracy and a lower loss as better', () => {
    expect(
      ['loss', 'valid/accuracy', 'F1', 'hardware/memory', 'map', 'heatmap'].map((name) => goalOf(name)),
    ).to.deep.equal(['min', 'max', 'max', 'min', 'max', 'min']);
  });
});
