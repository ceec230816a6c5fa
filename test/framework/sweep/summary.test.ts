import { expect } from 'chai';
import type { Goals } from '../../../framework/kinds/metric';
import { writeJob } from '../../../framework/sweep/job-record';
import { writePlan } from '../../../framework/sweep/plan';
import { requireMetric, summarizeSweep } from '../../../framework/sweep/summary';
import { SweepFolder, findSweep } from '../../../framework/sweep/sweep-folder';
import { writeSweepRecord } from '../../../framework/sweep/sweep-record';
import { makeRun } from '../../support/runs';
import { temporaryFolder } from '../../support/temporary';

describe('The summary of a sweep', () => {
  const runs = temporaryFolder();

  /** A sweep of which three jobs have run, one has failed, and one is not known yet. */
  function sweep(goals: Goals = {}): SweepFolder {
    const folder = SweepFolder.create(runs());
    const objective = { metric: 'loss', goal: 'min', value: 'last' } as const;
    const asked = { experiment: 'diffuse', settings: ['seed=1,2,3,4'], sweep: [] };
    writePlan(
      folder,
      ['1', '2', '3', '4'].map((seed) => ({ seed })),
    );
    writeSweepRecord(folder, { ...asked, space: {}, total: 5, objective });
    const metrics = [[{ loss: 3 }, { loss: 1 }, { loss: 2 }], [{ loss: 1.5, accuracy: 0.5 }], [{ loss: 0.1 }]];
    for (const [number, points] of metrics.entries()) {
      makeRun(runs(), {
        id: String(number),
        record: { goals },
        points: points.map((point) => ({ step: 1, ...point })),
      });
      writeJob(folder, number, { state: number === 2 ? 'interrupted' : 'completed', run: `diffuse/${number}` });
    }
    writeJob(folder, 3, { state: 'failed', error: 'no luck today' });
    return folder;
  }

  it('has the state, settings and metric of each known job', () => {
    const { jobs, total, metrics, isRunning } = summarizeSweep(sweep());
    expect(jobs[0]).to.deep.equal({
      number: 0,
      state: 'completed',
      settings: { seed: '1' },
      run: `${runs()}/diffuse/0`,
      metric: { last: 2, min: 1, max: 3 },
    });
    expect(jobs[3]).to.deep.equal({ number: 3, state: 'failed', settings: { seed: '4' }, error: 'no luck today' });
    expect({ total, metrics, isRunning }).to.deep.equal({ total: 5, metrics: ['loss', 'accuracy'], isRunning: false });
  });

  it('names the best completed job: by its last or best value, minimized or maximized', () => {
    const folder = sweep();
    expect(summarizeSweep(folder).best).to.equal(1);
    expect(summarizeSweep(folder, { value: 'best' }).best).to.equal(0);
    expect(summarizeSweep(folder, { goal: 'max' }).best).to.equal(0);
    expect(summarizeSweep(folder, { metric: 'accuracy' }).best).to.equal(1);
  });

  it('judges any metric by the goal that the runs recorded, or by its name', () => {
    const runs = (goals?: Goals) => summarizeSweep(sweep(goals), { metric: 'accuracy' }).objective.goal;
    expect(runs()).to.equal('max');
    expect(runs({ accuracy: 'min' })).to.equal('min');
    expect(summarizeSweep(sweep({ accuracy: 'min' }), { metric: 'accuracy', goal: 'max' }).objective.goal).to.equal(
      'max',
    );
  });

  it('has no best job if none has the metric, and suggests the closest name', () => {
    const summary = summarizeSweep(sweep(), { metric: 'acuracy' });
    expect(summary).not.to.have.property('best');
    expect(summary.jobs[0]).not.to.have.property('metric');
    expect(() => requireMetric(summary))
      .to.throw(/^No run of the sweep has a metric acuracy\./)
      .with.nested.property('hints[0]')
      .that.matches(/Did you mean accuracy\?/);
  });

  it('is found by id, by folder, or as the latest', () => {
    const [first, second] = [sweep(), sweep()];
    expect(findSweep(runs(), first.id).path).to.equal(first.path);
    expect(findSweep('/nowhere', first.path).path).to.equal(first.path);
    expect(findSweep(runs(), 'latest').path).to.equal(second.path);
    expect(() => findSweep(runs(), `${first.id}0`))
      .to.throw(/^There is no sweep/)
      .with.nested.property('hints[0]')
      .that.matches(/Did you mean \d/);
    expect(() => findSweep('/nowhere', 'latest'))
      .to.throw()
      .with.nested.property('hints[0]')
      .that.matches(/^There are no sweeps yet/);
  });
});
