import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { savedSteps } from '../../../framework/checkpoint/checkpoint-folder';
import { type JobRecord, writeJob } from '../../../framework/sweep/job-record';
import { type SweepSummary, summarizeSweep } from '../../../framework/sweep/summary';
import { writePlan } from '../../../framework/sweep/plan';
import { SweepFolder, findSweep } from '../../../framework/sweep/sweep-folder';
import { updateObjective, writeSweepRecord } from '../../../framework/sweep/sweep-record';
import { withLock } from '../../../framework/util/lock';
import { QUICK_TABLE, exp, start } from '../../support/exp';
import { temporaryFolder } from '../../support/temporary';

const json = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

describe('exp sweep', () => {
  const runs = temporaryFolder();
  const sweep = (...args: string[]) => exp(['sweep', 'regress', ...QUICK_TABLE, ...args], { runs: runs() });

  const onlySweep = () => {
    const [id, ...others] = existsSync(join(runs(), 'sweeps')) ? readdirSync(join(runs(), 'sweeps')) : [];
    expect(others).to.deep.equal([]);
    return join(runs(), 'sweeps', id ?? '');
  };
  const jobsOf = (count: number) =>
    Array.from({ length: count }, (_, job) => json(join(onlySweep(), 'jobs', String(job), 'job.json')) as JobRecord);
  const runsOf = () => readdirSync(join(runs(), 'regress')).map((id) => join(runs(), 'regress', id));
  const recordOf = (run: string) =>
    json(join(run, 'run.json')) as { status: string; pid: number; resumedAt?: string[] };
  const stepsOf = (run: string) =>
    readFileSync(join(run, 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .filter((line) => !line.includes('"artifact"'))
      .map((line) => (JSON.parse(line) as { step: number }).step);
  const states = () => summarizeSweep(findSweep(runs(), 'latest')).jobs.map(({ state }) => state);

  /** Waits until so many runs have a checkpoint. */
  async function checkpoints(count: number): Promise<void> {
    const saved = () => runsOf().filter((run) => savedSteps(join(run, 'checkpoints')).length > 0);
    while (!existsSync(join(runs(), 'regress')) || saved().length < count) await sleep(20);
  }

  it('runs every job in a separate process; one that fails does not stop the others', async () => {
    const ended = await sweep('heldOut=0.2,1e-4', 'learningRate=1e-4,1e-3', 'maxSteps=1', '--sweep', 'jobs=2');
    expect(ended.code).to.equal(1);
    expect(ended.stdout).to.match(/Best: job \d with the last loss [\d.]+\n {2}heldOut=0\.2 learningRate=/);
    const shown = await exp(['sweep', 'show', 'latest', '--json'], { runs: runs() });
    const { jobs, best, total, objective } = JSON.parse(shown.stdout) as SweepSummary;
    expect(jobs.map(({ settings }) => Object.values(settings).join(' '))).to.deep.equal([
      '0.2 1e-4',
      '0.2 1e-3',
      '1e-4 1e-4',
      '1e-4 1e-3',
    ]);
    expect(jobs.map(({ state }) => state)).to.deep.equal(['completed', 'completed', 'failed', 'failed']);
    expect(jobs[2]?.error).to.equal('Holding out a fraction of 0.0001 of 1000 examples leaves one part empty.');
    // The loss of the first step is the same for both rates: the first of equals is the best.
    expect({ best, total, objective }).to.deep.equal({
      best: 0,
      total: 4,
      objective: { metric: 'loss', goal: 'min', value: 'last' },
    });
    const [line] = readFileSync(join(jobs[0]!.run!, 'metrics.jsonl'), 'utf8').split('\n');
    const { loss } = JSON.parse(line!) as { loss: number };
    expect(jobs[0]?.metric).to.deep.equal({ last: loss, min: loss, max: loss });
    expect(jobs[2]).not.to.have.property('metric');
    expect(json(join(jobs[1]!.run!, 'config.json'))).to.nested.include({
      'settings.learningRate.value': 0.001,
      'settings.heldOut.value': 0.2,
    });
    expect(readFileSync(join(onlySweep(), 'jobs/2/log.txt'), 'utf8')).to.contain('leaves one part empty');
  });

  it('reports all mistakes in all jobs before it starts one, and creates nothing', async () => {
    const ended = await sweep('epoch=1,2', 'learningRate=1e-3,abc', 'dataset=Friedman,Fridman');
    expect(ended.code).to.equal(2);
    const mistakes = ended.stderr.split('\n\n').map((mistake) => mistake.split('\n')[0]);
    expect(mistakes).to.have.members([
      'epoch=1: regress has no setting "epoch".',
      'learningRate=abc: "abc" is not a number.',
      'dataset=Fridman: unknown TableDataset "Fridman".',
    ]);
    expect(ended.stderr).to.contain('Did you mean epochs?').and.to.contain('Did you mean Friedman?');
    expect(readdirSync(runs())).to.deep.equal([]);
  });

  const LONG = ['maxSteps=500', 'logEverySteps=1', 'checkpoint.everySteps=20'];

  it('stops at Ctrl-C, its jobs saving their checkpoints, and resumes to completion', async () => {
    const { child, ended } = start(['sweep', 'regress', ...QUICK_TABLE, ...LONG, 'seed=1,2,3', '--sweep', 'jobs=2'], {
      runs: runs(),
    });
    await checkpoints(2);
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(code, stderr).to.equal(130);
    expect(runsOf().map((run) => recordOf(run).status)).to.deep.equal(['interrupted', 'interrupted']);
    expect(states()).to.deep.equal(['interrupted', 'interrupted', 'pending']);
    const resumed = await exp(['sweep', 'resume', 'latest'], { runs: runs() });
    expect(resumed.code, resumed.stderr).to.equal(0);
    expect(states()).to.deep.equal(['completed', 'completed', 'completed']);
    expect(runsOf()).to.have.length(3);
    for (const run of runsOf()) expect(stepsOf(run)).to.deep.equal(Array.from({ length: 500 }, (_, step) => step + 1));
  });

  it('resumes after kill -9: it waits for a live job, resumes a killed one, and runs none twice', async () => {
    const { child, ended } = start(['sweep', 'regress', ...QUICK_TABLE, ...LONG, 'seed=1,2,3', '--sweep', 'jobs=2'], {
      runs: runs(),
    });
    await checkpoints(2);
    child.kill('SIGKILL');
    await ended;
    const [killed, living] = jobsOf(2).map(({ run }) => join(runs(), run!));
    process.kill(recordOf(killed!).pid, 'SIGKILL');
    // Its runs lie beside it, wherever it is resumed from.
    const resumed = await exp(['sweep', 'resume', onlySweep()], { runs: join(runs(), 'elsewhere') });
    expect(resumed.code, resumed.stderr).to.equal(0);
    expect(jobsOf(3).map(({ state }) => state)).to.deep.equal(['completed', 'completed', 'completed']);
    expect(runsOf()).to.have.length(3);
    expect(recordOf(killed!).resumedAt).to.have.length(1);
    expect(recordOf(living!)).not.to.have.property('resumedAt');
    for (const run of runsOf()) expect(stepsOf(run)).to.deep.equal(Array.from({ length: 500 }, (_, step) => step + 1));
  });

  /** A sweep of two jobs, as it was asked for. */
  function asked(): SweepFolder {
    const folder = SweepFolder.create(runs());
    const objective = { metric: 'loss', goal: 'min', value: 'last' } as const;
    writePlan(folder, []);
    const settings = [...QUICK_TABLE, 'maxSteps=1', 'seed=1,2'];
    writeSweepRecord(folder, { experiment: 'regress', settings, sweep: [], space: {}, total: 2, objective });
    return folder;
  }

  it('retries failed jobs on request', async () => {
    const folder = asked();
    writePlan(folder, [{ seed: '1' }, { seed: '2' }]);
    writeJob(folder, 0, { state: 'completed' });
    writeJob(folder, 1, { state: 'failed', error: 'no luck today' });
    const left = await exp(['sweep', 'resume', 'latest'], { runs: runs() });
    expect([left.code, states()]).to.deep.equal([1, ['completed', 'failed']]);
    expect(left.stdout).to.contain('no luck today').and.to.contain(`exp sweep resume ${folder.id} --retry`);
    const again = await exp(['sweep', 'resume', 'latest', '--retry'], { runs: runs() });
    expect([again.code, states(), runsOf().length]).to.deep.equal([0, ['completed', 'completed'], 1]);
  });

  it('starts no further job if the first has no such metric, and is resumed with a different one', async () => {
    const folder = asked();
    updateObjective(folder, { metric: 'los', goal: 'min', value: 'last' });
    const ended = await exp(['sweep', 'resume', 'latest'], { runs: runs() });
    expect([ended.code, states()]).to.deep.equal([1, ['completed']]);
    expect(ended.stderr).to.match(/^No run of the sweep has a metric los\.\n {2}Did you mean loss\?/);
    expect(ended.stderr).to.contain(`exp sweep resume ${folder.id} --metric NAME`);
    const again = await exp(['sweep', 'resume', 'latest'], { runs: runs() });
    expect([again.code, states()]).to.deep.equal([2, ['completed']]);
    const resumed = await exp(['sweep', 'resume', 'latest', '--metric', 'loss'], { runs: runs() });
    expect([resumed.code, states()]).to.deep.equal([0, ['completed', 'completed']]);
    expect(summarizeSweep(folder).objective.metric).to.equal('loss');
  });

  it('reports a missing metric once, though two jobs find it at the same time', async () => {
    const ended = await sweep('seed=1,2,3', 'maxSteps=1', '--sweep', 'jobs=2', 'metric=los', 'goal=min');
    expect(ended.code).to.equal(1);
    expect(ended.stdout.match(/No run has a metric los: no further job is started\./g)).to.have.length(1);
  });

  it('is never run by two processes at once', async () => {
    const folder = asked();
    const resume = () => exp(['sweep', 'resume', folder.id], { runs: runs() });
    const { code, stderr } = await withLock(folder.lock, new AbortController().signal, () => undefined, resume);
    expect(stderr).to.match(new RegExp(`^The sweep \\S+ is already being run by process ${process.pid} on `));
    expect(code).to.equal(1);
  });
});
