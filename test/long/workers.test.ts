import { expect } from 'chai';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureMpich } from '../../framework/cluster/mpi/mpich';
import { mpiexecOf } from '../../framework/cluster/mpi/installation';
import { EXP, type Ended, exp, start, startProgram } from '../support/exp';
import { temporaryFolder } from '../support/temporary';
import {
  SHARED,
  expectAlike,
  expectSameMetrics,
  losses,
  recordOf,
  signalWorker,
  untilSaved,
} from '../support/worker-runs';

const SAVING = ['run', 'diffuse', ...SHARED, 'checkpoint.everySteps=5'];

describe('Two workers', function () {
  this.timeout(20 * 60_000);
  const folder = temporaryFolder();
  const runs = () => join(folder(), '0');
  const started: ChildProcess[] = [];
  let mpiexec: string;
  before(async () => (mpiexec = mpiexecOf(await ensureMpich())));
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });

  /** Starts both by a launcher, each with arguments of its own, and with a runs folder of its own as on two machines. */
  function startByLauncher(argsOf: (index: number) => readonly string[]): Promise<Ended> {
    const workers = [0, 1].map((index) => {
      const environment = ['-env', 'EXPLAB_RUNS', join(folder(), String(index))];
      return ['-n', '1', ...environment, process.execPath, EXP, ...argsOf(index)];
    });
    const { child, ended } = startProgram(mpiexec, [...workers[0]!, ':', ...workers[1]!]);
    started.push(child);
    return ended;
  }

  /** Starts both by `--workers`, and waits for a checkpoint. */
  async function startSaved(
    run: string,
    args: readonly string[] = SAVING,
  ): Promise<{ child: ChildProcess; ended: Promise<Ended> }> {
    const begun = start([...args, '--id', run, '--workers', '2'], { runs: runs() });
    started.push(begun.child);
    await untilSaved(runs(), run, 5);
    return begun;
  }

  async function succeeds(...args: string[]): Promise<Ended> {
    const ended = await exp(args, { runs: runs() });
    expect(ended.code, ended.stderr).to.equal(0);
    return ended;
  }

  for (const more of [[], ['microBatches=2']]) {
    it(`train to the numbers of one, and only the chief writes ${more.join()}`.trim(), async () => {
      const args = ['run', 'diffuse', ...SHARED, ...more, 'maxSteps=6'];
      await succeeds(...args, '--id', 'one');
      const { code, stderr } = await startByLauncher(() => [...args, '--id', 'two']);
      expect(code, stderr).to.equal(0);
      expectAlike(losses(runs(), 'two'), losses(runs(), 'one'));
      expect(existsSync(join(folder(), '1'))).to.equal(false);
    });
  }

  const GROUPS = ['optimizer=AdamW', 'optimizer.groups.*bias.decay=0'];
  const EXPERIMENTS: Record<string, readonly string[]> = {
    gpt: ['model.layers=1', 'model.dropout=0.1', 'heldOut=0.01', 'sampleLength=1', ...GROUPS],
    regress: ['ema=0.9', 'microBatches=2', 'evaluation.spread=true', ...GROUPS],
    gan: ['generator.hidden=[32]', 'discriminatorSteps=2', ...GROUPS.map((group) => `generatorTraining.${group}`)],
  };
  for (const [experiment, more] of Object.entries(EXPERIMENTS)) {
    it(`train ${experiment} with groups of parameters and evaluations within an epoch to the numbers of one`, async () => {
      const shared = ['threads=1', 'logEverySteps=1', 'trackers=[JSONL]', 'evaluation.everySteps=4', 'maxSteps=6'];
      const args = ['run', experiment, ...more, ...shared];
      await succeeds(...args, '--id', 'one');
      await succeeds(...args, '--id', 'two', '--workers', '2');
      expectSameMetrics(runs(), experiment, 'two', 'one');
    });
  }

  it('normalize by their own half of a batch, as micro-batches do, and keep the mean statistics', async () => {
    const cwd = join(__dirname, '../fixtures/batch-norm');
    const shared = ['threads=1', 'logEverySteps=1', 'trackers=[JSONL]', 'evaluation.everySteps=2', 'maxSteps=4'];
    const train = async (...args: string[]) => {
      const ended = await exp(['run', 'norm', ...shared, ...args], { runs: runs(), cwd });
      expect(ended.code, ended.stderr).to.equal(0);
    };
    await train('microBatches=2', '--id', 'one');
    await train('--id', 'two', '--workers', '2');
    expectSameMetrics(runs(), 'norm', 'two', 'one');
  });

  it('are started by --workers, and only the chief prints', async () => {
    const args = ['run', 'diffuse', ...SHARED, 'maxSteps=3', '--id', 'both', '--workers', '2'];
    const { stdout, stderr } = await succeeds(...args);
    expect(stdout.match(/Completed after 3 steps/g)).to.have.length(1);
    expect(stderr).to.equal('');
    const { stdout: json } = await succeeds('resume', 'both', 'maxSteps=4', '--workers', '2', '--json');
    expect(JSON.parse(json)).to.deep.include({ run: 'both', status: 'completed', step: 4 });
  });

  it('start with the weights of a different run, and drop the same labels as one worker', async () => {
    const args = ['run', 'diffuse', ...SHARED, 'conditional=true', 'classDropout=0.5'];
    await succeeds(...args, 'maxSteps=4', '--id', 'first');
    const fork = [...args, 'seed=1', 'maxSteps=8', '--from', 'first'];
    await succeeds(...fork, '--id', 'one');
    await succeeds(...fork, '--id', 'two', '--workers', '2');
    expectAlike(losses(runs(), 'two'), losses(runs(), 'one'));
    expect(losses(runs(), 'two')[0]).not.to.be.closeTo(losses(runs(), 'first')[0]!, 1e-3);
  });

  it('restart a run from its record, to the same numbers as one', async () => {
    await succeeds('run', 'diffuse', ...SHARED, 'maxSteps=3', '--id', 'first');
    const { stdout } = await succeeds('rerun', 'first', '--workers', '2', '--json');
    expectAlike(losses(runs(), (JSON.parse(stdout) as { run: string }).run), losses(runs(), 'first'));
  });

  it('report that a run is already complete', async () => {
    await succeeds('run', 'diffuse', ...SHARED, 'maxSteps=2', '--id', 'done');
    const { stdout } = await succeeds('resume', 'done', '--workers', '2');
    expect(stdout).to.match(/done/);
  });

  it('both end within seconds when one is killed, and a single process resumes the run to the same numbers as one', async () => {
    const { ended } = await startSaved('killed', [...SAVING, 'maxSteps=40']);
    signalWorker('killed', 1, 'SIGKILL');
    const killed = performance.now();
    const { code, stderr } = await ended;
    expect(performance.now() - killed).to.be.below(10_000);
    expect(code).to.equal(1);
    const error = /^Worker 1 on \S+ was killed by signal 9 \(SIGKILL\)\./;
    expect(stderr).to.match(error);
    expect(recordOf(runs(), 'killed').status).to.equal('failed');
    expect(recordOf(runs(), 'killed').error).to.match(error);

    await succeeds('resume', 'killed');
    await succeeds(...SAVING, '--id', 'whole', 'maxSteps=40');
    expectAlike(losses(runs(), 'killed'), losses(runs(), 'whole'));
  });

  it('both end when the chief is killed, and two resume the run, then four', async () => {
    const { ended } = await startSaved('headless', [...SAVING, 'maxSteps=60']);
    signalWorker('headless', 0, 'SIGKILL');
    expect(await ended).to.deep.include({ code: 1 });
    expect(recordOf(runs(), 'headless').error).to.match(/^Worker 0, the chief, on \S+ was killed by signal 9/);
    await succeeds('resume', 'headless', '--workers', '2');
    await succeeds('resume', 'headless', 'maxSteps=62', '--workers', '4');
    expect(losses(runs(), 'headless')).to.have.length(62);
  });

  it('both end within a minute when one hangs', async () => {
    const { ended } = await startSaved('hanging');
    signalWorker('hanging', 1, 'SIGSTOP');
    const { code, stderr } = await ended;
    expect([code, stderr]).to.satisfy(([code, stderr]: [number, string]) => {
      return code === 1 && /^No heartbeat from worker 1 on \S+ for 45 s/.test(stderr);
    });
    expect(recordOf(runs(), 'hanging').status).to.equal('failed');
  });

  for (const [who, name, code] of [
    [0, 'SIGINT', 130],
    [1, 'SIGTERM', 130],
    ['supervisor', 'SIGINT', 130],
    ['supervisor', 'SIGTERM', 143],
  ] as const) {
    it(`stop after the same step, and save, on ${name} to ${who === 'supervisor' ? 'the' : 'worker'} ${who}`, async () => {
      const run = `stopped-${who}-${name}`;
      const { child, ended } = await startSaved(run);
      if (who === 'supervisor') child.kill(name);
      else signalWorker(run, who, name);
      expect((await ended).code).to.equal(code);
      expect(recordOf(runs(), run).status).to.equal('interrupted');
      const saved = readdirSync(join(runs(), 'diffuse', run, 'checkpoints'))
        .map(Number)
        .filter(Boolean);
      expect(Math.max(...saved)).to.equal(losses(runs(), run).length);
    });
  }

  it('stop when their supervisor is killed, and the run resumes', async () => {
    const { child } = await startSaved('orphaned');
    child.kill('SIGKILL');
    const isOver = async () => !(await exp(['runs', 'show', 'orphaned'], { runs: runs() })).stdout.includes('running');
    while (!(await isOver())) await sleep(500);
    const { length } = losses(runs(), 'orphaned');
    await succeeds('resume', 'orphaned', `maxSteps=${length + 5}`);
    expect(losses(runs(), 'orphaned')).to.have.length(length + 5);
  });

  it('report once that a loss is not finite', async () => {
    const args = ['run', 'diffuse', ...SHARED, 'learningRate=1e30', '--id', 'far', '--workers', '2'];
    const { code, stderr } = await exp(args, { runs: runs() });
    expect(code).to.equal(1);
    expect(stderr).to.match(/^The loss is not finite at step \d+: training has diverged\.\n(?!.*diverged)/s);
  });

  it('are refused before the first step if their settings differ', async () => {
    const { code, stderr } = await startByLauncher((index) => [
      'run',
      'diffuse',
      ...SHARED,
      `seed=${index}`,
      '--id',
      'odd',
    ]);
    expect(code).to.equal(1);
    expect(stderr).to.match(/worker 1 .* does not match the chief: it has seed=1, but the chief has 0/i);
    expect(existsSync(join(runs(), 'diffuse/odd'))).to.equal(false);
  });
});
