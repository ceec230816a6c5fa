import { join } from 'node:path';
import { expect } from 'chai';
import { discover, pluginsBelow } from '../../../framework/config/resolve/discover';
import { UserError } from '../../../framework/errors';
import { Monitor } from '../../../framework/monitor/monitor';
import { PlainDisplay } from '../../../framework/monitor/plain-display';
import { planSweep } from '../../../framework/sweep/execute-sweep';
import { Sweep } from '../../../framework/sweep/sweep';
import { rejection } from '../../support/rejection';

const ROOT = join(__dirname, '../../..');

describe('The plan of a sweep', () => {
  const surroundings = {
    registry: discover(pluginsBelow(ROOT, ['plugins', 'experiments'])),
    monitor: new Monitor(new PlainDisplay({ write: () => true })),
    runs: '/nowhere',
    exp: ['exp'],
  };
  const plan = (settings: string[], sweep: string[] = []) =>
    planSweep(surroundings, { experiment: 'diffuse', settings, sweep });
  const mistake = async (settings: string[], sweep: string[] = []) => {
    const error = await rejection(plan(settings, sweep));
    expect(error).to.be.instanceOf(UserError).with.property('exitCode', 2);
    return (error as UserError).text;
  };

  it('is the same each time it is made', async () => {
    const args = ['learningRate=loguniform(1e-5,1e-2)', 'dataset=Digits,MNIST'];
    const random = ['searcher=Random', 'searcher.trials=5', 'seed=3', 'jobs=2', 'launcher.threads=1'];
    const { total, concurrency, command, jobs } = await plan(args, random);
    expect([total, concurrency, jobs.map(({ number }) => number)]).to.deep.equal([5, 2, [0, 1, 2, 3, 4]]);
    expect(jobs[4]?.command.join(' ')).to.match(/^run diffuse learningRate=[\d.e-]+ dataset=(Digits|MNIST) threads=1$/);
    expect(await plan(args, random)).to.deep.equal({ total, concurrency, command, jobs });
    const other = await plan(args, [...random, 'searcher.seed=4']);
    expect(other.jobs[0]?.command).not.to.deep.equal(jobs[0]?.command);
  });

  it('uses the goal that the experiment declares for the metric, unless one is set', () => {
    const goalOf = (...sweep: string[]) =>
      new Sweep(surroundings, { experiment: 'classify', settings: ['seed=1,2'], sweep }).objective.goal;
    expect(goalOf()).to.equal('min');
    expect(goalOf('metric=valid/accuracy')).to.equal('max');
    expect(goalOf('metric=valid/accuracy', 'goal=min')).to.equal('min');
  });

  it('ranks by the loss, or by the first goal that the experiment declares if it has no such metric', () => {
    const metricOf = (experiment: string, ...sweep: string[]) =>
      new Sweep(surroundings, { experiment, settings: ['seed=1,2'], sweep }).objective.metric;
    expect(['classify', 'diffuse', 'gan', 'gpt', 'regress'].map((name) => metricOf(name))).to.deep.equal([
      ...['loss', 'loss', 'generator/loss', 'loss', 'loss'],
    ]);
    expect(metricOf('gan', 'metric=quality/fid')).to.equal('quality/fid');
  });

  it('of a resumed sweep keeps the recorded goal', () => {
    const objective = { metric: 'valid/accuracy', goal: 'min', value: 'last' } as const;
    const record = { experiment: 'classify', settings: ['seed=1,2'], sweep: ['metric=valid/accuracy'], objective };
    expect(new Sweep(surroundings, record).objective).to.deep.equal(objective);
  });

  it('does not change threads set by the user', async () => {
    const { jobs } = await plan(['threads=3', 'epochs=1,2'], ['jobs=2']);
    expect(jobs[1]?.command).to.deep.equal(['run', 'diffuse', 'threads=3', 'epochs=2']);
  });

  it('is refused with all mistakes of all jobs, each once', async () => {
    const text = await mistake(['epoch=integers(1,9)', 'dataset=MNIST,Digits', 'dataset.root=mnist', 'steps=4,0']);
    expect(text.split('\n\n').map((each) => each.split('\n')[0])).to.deep.equal([
      'epoch=1: diffuse has no setting "epoch".',
      'steps=0: 0 is less than 1.',
      // MNIST has a root; Digits has none.
      'dataset.root=mnist: Digits has no setting "root".',
    ]);
    expect(text).to.contain('Did you mean epochs?').and.to.contain('Set on the command line (setting 4 of 4).');
  });

  it("is refused with the closest name if the sweep's settings are wrong", async () => {
    expect(await mistake(['epochs=unifrom(1,2)'], ['searcher=Rondom', 'job=2'])).to.match(
      /unknown Searcher[^]*Did you mean Random\?[^]*job=2: [^]*Did you mean jobs\?[^]*unknown distribution "unifrom"/,
    );
  });

  it('is refused if the experiment does not exist', async () => {
    const unknown = planSweep(surroundings, { experiment: 'difuse', settings: ['epochs=1,2'], sweep: [] });
    expect(await rejection(unknown))
      .to.have.property('message')
      .that.matches(/^Unknown experiment "difuse"\.\n {2}Did you mean diffuse\?/);
  });
});
