import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

describe('A sweep that is killed again and again', function () {
  this.timeout(15 * 60_000);
  const folder = temporaryFolder();

  const STEPS = ['maxSteps=30', 'logEverySteps=1', 'checkpoint.everySteps=3'];
  const args = (...more: string[]) => ['sweep', 'diffuse', ...QUICK, ...STEPS, ...more];
  const pidOf = (record: string) => (JSON.parse(readFileSync(record, 'utf8')) as { pid: number }).pid;

  /** Kills the sweep after some seconds, and one of its jobs with it where there is one. */
  async function killLater(command: readonly string[], runs: string, seconds: number): Promise<void> {
    const { child, ended } = start(command, { runs });
    await Promise.race([sleep(seconds * 1000), ended]);
    child.kill('SIGKILL');
    await ended;
    if (!existsSync(join(runs, 'sweeps'))) return;
    const sweep = findSweep(runs, 'latest');
    const running = readPlan(sweep)
      .map((_, job) => readJob(sweep, job))
      .find(({ state }) => state === 'running');
    const record = running && runOf(sweep, running)?.record;
    if (record !== undefined && existsSync(record)) kill(pidOf(record));
  }

  function kill(pid: number): void {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }

  /** Kills a sweep at moments between 1 and 4 seconds after each start, then lets it end. */
  async function throughKills(command: readonly string[], runs: string, kills: number): Promise<number | null> {
    const moments = Random.fromSeed(1).stream('kills');
    await killLater(command, runs, 4);
    for (let time = 0; time < kills; time++) {
      await killLater(['sweep', 'resume', 'latest'], runs, 1 + 3 * moments.at(time).fraction());
    }
    return (await exp(['sweep', 'resume', 'latest'], { runs })).code;
  }

  it('completes every job, each once', async () => {
    const runs = join(folder(), 'killed');
    expect(await throughKills(args('seed=1,2,3,4', '--sweep', 'jobs=2'), runs, 6)).to.equal(0);
    const { jobs } = summarizeSweep(findSweep(runs, 'latest'));
    expect(jobs.map(({ state }) => state)).to.deep.equal(['completed', 'completed', 'completed', 'completed']);
    for (const { run } of jobs) {
      const lines = readFileSync(join(run!, 'metrics.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .filter((line) => !line.includes('"artifact":'));
      const steps = lines.map((line) => (JSON.parse(line) as { step: number }).step);
      expect(steps).to.deep.equal(Array.from({ length: 30 }, (_, step) => step + 1));
    }
    // A job that was killed before its first checkpoint began again; nothing else makes a run.
    const trained = readdirSync(join(runs, 'diffuse')).filter(
      (id) => savedSteps(join(runs, 'diffuse', id, 'checkpoints')).length > 0,
    );
    expect(trained).to.have.length(4);
  });

  it('gets the same from Optuna as an uninterrupted sweep', async () => {
    const python = await ensurePackages(OPTUNA);
    const [straight, killed] = [join(folder(), 'straight'), join(folder(), 'killed')];
    // A job of 48 channels fails.
    const search = ['learningRate=loguniform(1e-5,1e-1)', 'model.channels=32,48'];
    const options = ['searcher=Optuna', 'searcher.trials=6', 'searcher.startup=2'];
    const command = args(...search, '--sweep', ...options);
    expect((await exp(command, { runs: straight })).code).to.equal(1);
    expect(await throughKills(command, killed, 4)).to.equal(1);
    const [one, other] = [straight, killed].map((runs) => findSweep(runs, 'latest'));
    expect(readPlan(other!)).to.deep.equal(readPlan(one!));
    const summary = summarizeSweep(other!);
    expect(summary.best).to.equal(summarizeSweep(one!).best);
    const states = execFileSync(python, ['-I', '-c', STATES, join(other!.path, 'optuna.db')], { encoding: 'utf8' });
    expect(JSON.parse(states)).to.deep.equal(
      summary.jobs.map(({ state, metric }) => (state === 'failed' ? ['FAIL', null] : ['COMPLETE', metric!.last])),
    );
  });
});

/** Prints the state and value of each trial of a study. */
const STATES = `
import json, sys, optuna
optuna.logging.set_verbosity(optuna.logging.ERROR)
study = optuna.load_study(study_name=None, storage=f'sqlite:///{sys.argv[1]}')
print(json.dumps([[trial.state.name, trial.value] for trial in study.trials]))
`;
import { savedSteps } from '../../framework/checkpoint/checkpoint-folder';
import { ensurePackages } from '../../framework/install/packages';
import { Random } from '../../framework/random/random';
import { readJob, runOf } from '../../framework/sweep/job-record';
import { readPlan } from '../../framework/sweep/plan';
import { findSweep } from '../../framework/sweep/sweep-folder';
import { summarizeSweep } from '../../framework/sweep/summary';
import { OPTUNA } from '../../plugins/searchers/optuna';
import { exp, QUICK, start } from '../support/exp';
import { temporaryFolder } from '../support/temporary';
