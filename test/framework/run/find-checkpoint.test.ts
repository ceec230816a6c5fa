import { expect } from 'chai';
import type { Goals } from '../../../framework/kinds/metric';
import { findCheckpoint } from '../../../framework/run/find-checkpoint';
import { loadTensorFlow } from '../../../framework/tensorflow/load';
import { CheckpointSet } from '../../faults/checkpoint-set';
import { makeRun } from '../../support/runs';
import { temporaryFolder } from '../../support/temporary';

describe('The best checkpoint of a run', () => {
  before(loadTensorFlow);
  const root = temporaryFolder();

  async function bestOf(id: string, goals: Goals | undefined, settings: object = {}): Promise<number | undefined> {
    const best = { 'checkpoint.best': 'word/score', ...settings };
    const run = makeRun(root(), { id, settings: best, ...(goals && { record: { goals } }) });
    const set = new CheckpointSet(run.path);
    for (const [index, score] of [0.3, 0.1, 0.2].entries())
      await set.save([index + 1], { keep: 3 }, { 'word/score': score });
    return (await findCheckpoint(root(), `${id}@best`)).step;
  }

  it('follows the goal that the run recorded, or the name of the metric, unless a goal is set', async () => {
    expect(await bestOf('declared', { 'word/score': 'min' })).to.equal(2);
    expect(await bestOf('old', undefined)).to.equal(1);
    expect(await bestOf('set', { 'word/score': 'min' }, { 'checkpoint.goal': 'max' })).to.equal(1);
  });
});
