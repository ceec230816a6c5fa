import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { RunFolder } from '../../../framework/run/run-folder';
import { changeObjective } from '../../../framework/sweep/change-objective';
import { writeJob } from '../../../framework/sweep/job-record';
import { writePlan } from '../../../framework/sweep/plan';
import { SweepFolder } from '../../../framework/sweep/sweep-folder';
import { writeSweepRecord } from '../../../framework/sweep/sweep-record';
import { errorMessage } from '../../support/config';
import { temporaryFolder } from '../../support/temporary';

describe('A new objective for a resumed sweep', () => {
  const runs = temporaryFolder();

  /** A sweep judged by a metric, whose one job has completed. */
  function sweep(metric: string): SweepFolder {
    const folder = SweepFolder.create(runs());
    const objective = { metric, goal: 'min', value: 'last' } as const;
    const request = { experiment: 'diffuse', settings: ['seed=1,2'], sweep: [] };
    writeSweepRecord(folder, { ...request, space: {}, total: 2, objective });
    writePlan(folder, [{ seed: '1' }]);
    const run = new RunFolder(join(runs(), 'diffuse', 'a'));
    mkdirSync(run.path, { recursive: true });
    writeFileSync(run.metrics, `${JSON.stringify({ step: 1, loss: 1, accuracy: 0.5 })}\n`);
    writeJob(folder, 0, { state: 'completed', run: 'diffuse/a' });
    return folder;
  }

  it('has a new goal', () => {
    expect(changeObjective(sweep('los'), { metric: 'accuracy' }, false)).to.deep.equal({
      metric: 'accuracy',
      goal: 'max',
      value: 'last',
    });
  });

  it('defaults to the recorded one, and is refused if no run has the metric', () => {
    expect(changeObjective(sweep('los'), {}, true).metric).to.equal('los');
    expect(errorMessage(() => changeObjective(sweep('los'), { metric: 'acuracy' }, false))).to.match(
      /no.* metric acuracy\.\n {2}Did you mean accuracy\?/i,
    );
  });

  it('is refused if an adaptive search has used the old one, or the opposite goal', () => {
    expect(changeObjective(sweep('los'), { metric: 'loss' }, true).metric).to.equal('loss');
    expect(errorMessage(() => changeObjective(sweep('los'), { metric: 'accuracy' }, true))).to.match(
      /started with metric=los goal=min value=last and cannot continue with metric=accuracy goal=max value=last\./,
    );
    expect(errorMessage(() => changeObjective(sweep('loss'), { value: 'best' }, true))).to.contain('cannot continue');
  });
});
