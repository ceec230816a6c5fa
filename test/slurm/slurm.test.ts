import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { ensureMpich } from '../../framework/cluster/mpi/mpich';
import type { RunDescription } from '../../framework/run/listing/describe-run';
import type { RunSummary } from '../../framework/run/listing/run-summary';
import type { SweepSummary } from '../../framework/sweep/summary';
import { SlurmLauncher, SlurmSettings } from '../../plugins/launchers/slurm';
import { itBehavesLikeALauncher, saidBy, shellJob, untilEnded } from '../../framework/testing/launcher';
import { QUICK, exp } from '../support/exp';
import { rejection } from '../support/rejection';
import { settingsOf } from '../support/settings';
import { temporaryFolder } from '../support/temporary';
import { expectAlike, losses, signalWorker, untilSaved } from '../support/worker-runs';
import { NODES, until } from './cluster';
import { withCluster } from './with-cluster';

/** How many jobs an array of the cluster can have: fewer than the sweep of a hundred. */
const LARGEST_ARRAY = 60;

describe('On a real Slurm', function () {
  this.timeout(2_400_000);
  const cluster = withCluster({ largestArray: LARGEST_ARRAY });
  const folder = temporaryFolder();
  afterEach(() => cluster().cancelAll());

  const launcherOf = (settings: Partial<SlurmSettings> = {}) => new SlurmLauncher(settingsOf(SlurmSettings, settings));

  describe('the launcher', () => {
    itBehavesLikeALauncher(launcherOf, folder);

    /** Runs a job to its end. */
    async function run(
      launcher: SlurmLauncher,
      script: string,
      others = {},
    ): Promise<{ said: string; handle: string }> {
      const job = shellJob(join(folder(), 'job'), script, others);
      const handle = await launcher.submit(job);
      await launcher.release([handle]);
      await untilEnded(launcher, handle);
      return { said: saidBy(job), handle };
    }

    it('starts a worker on each machine', async () => {
      const { said } = await run(launcherOf({ nodes: 2 }), 'echo $SLURM_PROCID of $SLURM_NTASKS on $SLURMD_NODENAME');
      expect(said.trim().split('\n').sort()).to.deep.equal(NODES.map((node, index) => `${index} of 2 on ${node}`));
    });

    it('starts a worker for each GPU', async () => {
      const { said } = await run(
        launcherOf({ nodes: 2, gpus: 2 }),
        'echo $SLURM_PROCID of $SLURM_NTASKS, $SLURM_LOCALID',
      );
      expect(said.trim().split('\n').sort()).to.deep.equal(['0 of 4, 0', '1 of 4, 1', '2 of 4, 0', '3 of 4, 1']);
    });

    it('gives a job the requested CPUs and memory, and other options', async () => {
      const launcher = launcherOf({ cpus: 3, memory: '100M', time: '10', extra: ['--comment=hello'] });
      const { said } = await run(launcher, 'scontrol show job $SLURM_JOB_ID');
      expect(said)
        .to.match(/CPUs\/Task=3 /)
        .and.to.match(/MinMemoryNode=100M/)
        .and.to.match(/TimeLimit=00:10:00/);
      expect(said).to.match(/Comment=hello/);
    });

    for (const name of ["it's", 'so "quoted"', 'a # sign', 'back\\slash', 'a\\b %j \'"#', 'percent %j', '100%']) {
      it(`writes to files in a folder named ${name}`, async () => {
        const job = shellJob(join(folder(), name), 'echo said');
        const launcher = launcherOf();
        const handle = await launcher.submit(job);
        await launcher.release([handle]);
        await untilEnded(launcher, handle);
        expect(saidBy(job)).to.equal('said\n');
      });
    }

    it('stops requeueing a job that saves nothing new', async () => {
      const { said, handle } = await run(launcherOf({ retries: 1 }), 'echo start; exit 143');
      // The first, one because it stopped, and one more is refused.
      expect(said).to.match(/^start\nstart\n/);
      expect(said.match(/^start$/gm)).to.have.length(2);
      expect(await launcherOf().status(handle)).to.deep.equal({ state: 'ended', exitReason: 'FAILED' });
      expect(readFileSync(join(folder(), 'job/err'), 'utf8')).to.match(/restarted 2 times without a new checkpoint/);
    });

    it('lets workers on several machines save before the job is requeued, and resumes with different arguments', async () => {
      const checkpoints = join(folder(), 'checkpoints');
      const saving = `trap 'mkdir -p "${checkpoints}/7"; exit 143' TERM; echo begun; while :; do sleep 0.1; done`;
      const job = shellJob(join(folder(), 'job'), saving, {
        checkpoints,
        resume: ['/bin/sh', '-c', 'echo resumed'],
      });
      const launcher = launcherOf({ nodes: 2 });
      const handle = await launcher.submit(job);
      await launcher.release([handle]);
      await until('both have begun', () => saidBy(job) === 'begun\nbegun\n');
      // As Slurm does before a job's time is up.
      cluster().ask('scancel', '--batch', '--signal=TERM', handle);
      await untilEnded(launcher, handle);
      expect(saidBy(job)).to.equal('begun\nbegun\nresumed\nresumed\n');
    });

    it('limits the number of concurrent jobs of an array', async () => {
      const launcher = launcherOf();
      const jobs = Array.from({ length: 6 }, (_, number) => shellJob(join(folder(), String(number)), 'sleep 1'));
      const handles = await launcher.submitAll({ name: 'throttled', jobs, maxConcurrent: 2, folder: folder() });
      await launcher.release(handles);
      const counts: number[] = [];
      while (!(await launcher.hasEnded(handles[5]!))) {
        counts.push(
          cluster().ask('squeue', '--noheader', '--array', '--states=R', '--format=%i').split('\n').filter(Boolean)
            .length,
        );
      }
      expect(Math.max(...counts)).to.equal(2);
    });

    it("splits an array that exceeds the cluster's limit into several, one after the other", async () => {
      const launcher = launcherOf();
      const jobs = Array.from({ length: LARGEST_ARRAY + 2 }, (_, number) =>
        shellJob(join(folder(), String(number)), 'true'),
      );
      const handles = await launcher.submitAll({ name: 'large', jobs, maxConcurrent: 4, folder: folder() });
      const [first, second] = [handles[0]!, handles[LARGEST_ARRAY]!].map((handle) => handle.split('_')[0]!);
      expect(handles.slice(-3)).to.deep.equal([`${first}_${LARGEST_ARRAY - 1}`, `${second}_0`, `${second}_1`]);
      expect(cluster().ask('squeue', '--noheader', '--jobs', second!, '--format=%E')).to.match(
        new RegExp(`^afterany:${first}_`),
      );
      await launcher.cancel(handles);
    });

    for (const [what, settings, said] of [
      ['a partition that is not there', { partition: 'nope' }, /invalid partition specified: nope/],
      ['more machines than there are', { nodes: 3 }, /Requested node configuration is not available/],
      ['more GPUs than a machine has', { gpus: 3 }, /Requested node configuration is not available/],
      ['a feature that no machine has', { constraint: 'fast' }, /Invalid feature specification/],
      ['an option that sbatch does not have', { extra: ['--nonsense'] }, /unrecognized option '--nonsense'/],
    ] as const) {
      it(`refuses ${what} with Slurm's message and the available values`, async () => {
        const error = await rejection(launcherOf(settings).check());
        expect(error)
          .to.have.property('message')
          .that.matches(/^Slurm rejects the job: /)
          .and.matches(said);
        expect((error as { hints: string[] }).hints.join('\n')).to.contain(
          'main: 2 nodes, 4 CPUs and 4000 MiB each, GPUs gpu:2',
        );
        expect(cluster().ask('squeue', '--noheader')).to.equal('');
      });
    }
  });

  // As users train: by a graph, which leaves the process free to hear signals.
  const GRAPH = QUICK.filter((word) => word !== 'compile=false');
  const runs = () => join(folder(), 'runs');
  const started = async (...args: string[]) => {
    const { code, stdout, stderr } = await exp(
      ['run', 'diffuse', ...GRAPH, 'logEverySteps=1', '--launcher', 'slurm', '--json', ...args],
      { runs: runs() },
    );
    expect(code, stderr).to.equal(0);
    return JSON.parse(stdout) as { run: string; folder: string; job: string };
  };
  const listed = async () => JSON.parse((await exp(['runs', '--json'], { runs: runs() })).stdout) as RunSummary[];
  const statusOf = async (id: string) => (await listed()).find((run) => run.id === id)?.status;
  const recordOf = (run: { folder: string }) =>
    JSON.parse(readFileSync(join(run.folder, 'run.json'), 'utf8')) as {
      status: string;
      resumedAt?: string[];
      command: string[];
    };
  const stepsOf = (run: { folder: string }) => {
    const file = join(run.folder, 'metrics.jsonl');
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
    const points = lines.filter((line) => !line.includes('"artifact":'));
    return points.map((line) => (JSON.parse(line) as { step: number }).step);
  };
  const upTo = (count: number) => Array.from({ length: count }, (_, step) => step + 1);
  const untilStep = (run: { folder: string }, step: number) =>
    until(`step ${step} is done`, () => stepsOf(run).length >= step, 300);
  const untilStatus = (run: { folder: string }, status: string) =>
    until(`the run is ${status}`, () => recordOf(run).status === status, 300);

  describe('a run', () => {
    it('is queued, takes over its folder, and completes', async () => {
      const run = await started('maxSteps=3', 'launcher.time=10');
      expect(['queued', 'running']).to.include(await statusOf(run.run));
      await untilStatus(run, 'completed');
      expect(stepsOf(run)).to.deep.equal([1, 2, 3]);
      const shown = await exp(['runs', 'show', run.run, '--json'], { runs: runs() });
      const { job, record } = JSON.parse(shown.stdout) as RunDescription;
      expect(job).to.deep.include({ launcher: 'Slurm', settings: ['launcher.time=10'], handle: run.job });
      expect(record.command.slice(0, 2)).to.deep.equal(['run', 'diffuse']);
      expect(record.submittedAt! <= record.startedAt).to.equal(true);
      expect(readFileSync(join(run.folder, 'job.sh'), 'utf8')).to.contain('#SBATCH --time=10\n');
      expect(readdirSync(join(runs(), 'diffuse'))).to.deep.equal([run.run]);
    });

    it('is cancelled while it waits, and never starts', async () => {
      const run = await started('launcher.extra=[--begin=now+1hour]');
      expect(await statusOf(run.run)).to.equal('queued');
      const refused = await exp(['runs', 'rm', run.run], { runs: runs() });
      expect(refused.stderr).to.contain('is queued and cannot be removed').and.to.contain(`exp runs cancel ${run.run}`);
      const { stdout } = await exp(['runs', 'cancel', run.run], { runs: runs() });
      expect(stdout).to.equal(`${run.run} is cancelled.\n`);
      expect(await statusOf(run.run)).to.equal('cancelled');
    });

    it('fails with its error', async () => {
      const run = await started('learningRate=1e30');
      await untilStatus(run, 'failed');
      expect((await listed())[0]?.error).to.match(/^The loss is not finite at step \d+/);
    });

    for (const [where, nodes, steps] of [
      ['on one machine', 1, 2000],
      ['by workers on two machines', 2, 1000],
    ] as const) {
      describe(where, () => {
        it('is cancelled while it trains, and saves', async () => {
          const run = await started(`launcher.nodes=${nodes}`);
          await untilStep(run, 2);
          expect(await statusOf(run.run)).to.equal('running');
          const { stdout } = await exp(['runs', 'cancel', run.run], { runs: runs() });
          expect(stdout).to.equal(`${run.run} is saving its state and will end.\n`);
          await untilStatus(run, 'interrupted');
          await until('the job has ended', () => cluster().ask('squeue', '--noheader') === '');
          const saved = Math.max(...readdirSync(join(run.folder, 'checkpoints')).map(Number));
          expect(stepsOf(run)).to.deep.equal(upTo(saved));
          expect(await statusOf(run.run)).to.equal('interrupted');
        });

        it('is pre-empted by a job of higher priority, saves, and resumes automatically', async () => {
          const run = await started(`maxSteps=${steps}`, `launcher.nodes=${nodes}`, 'launcher.cpus=4');
          await untilStep(run, 5);
          const args = ['--parsable', '--partition=urgent', '--nodes=2', '--exclusive', '--output=/dev/null'];
          const urgent = cluster().ask('sbatch', ...args, '--wrap=sleep 12');
          await until(
            'it waits',
            () => cluster().ask('squeue', '--noheader', `--jobs=${run.job}`, '--format=%T') === 'PENDING',
            120,
          );
          expect(await statusOf(run.run)).to.equal('preempted');
          expect(recordOf(run).status).to.equal('interrupted');
          expect(stepsOf(run).length).to.be.within(5, steps - 1);
          // Slurm's own SIGTERM, and the script's, which may come when a worker has stopped already.
          expect(readFileSync(join(run.folder, 'job.log'), 'utf8')).not.to.match(/task \d: (Killed|Terminated)/);
          await untilStatus(run, 'completed');
          expect(urgent).to.match(/^\d+$/);
          expect(recordOf(run).resumedAt).to.have.length(1);
          expect(stepsOf(run)).to.deep.equal(upTo(steps));
        });

        it('saves before its time limit, and resumes automatically', async () => {
          const run = await started(`launcher.nodes=${nodes}`, 'launcher.time=2', 'launcher.saveSeconds=30');
          await until('it is resumed', () => recordOf(run).resumedAt?.length === 1, 300);
          expect(readFileSync(join(run.folder, 'job.log'), 'utf8')).to.match(
            /Saved at step \d+\. Requeueing job \d+\./,
          );
          const before = stepsOf(run).length;
          await untilStep(run, before + 2);
          const after = stepsOf(run);
          expect(after).to.deep.equal(upTo(after.length));
        });
      });
    }

    it("is trained by workers on two machines to the same numbers as one, also with the cluster's MPI", async () => {
      const settings = [...GRAPH, 'logEverySteps=1', 'maxSteps=6'];
      expect(await exp(['run', 'diffuse', ...settings, '--id', 'one'], { runs: runs() })).to.include({ code: 0 });
      const { mpiexec = '' } = await ensureMpich();
      for (const mpi of [[], [`launcher.mpi=${dirname(dirname(mpiexec))}`]]) {
        const run = await started('maxSteps=6', 'launcher.nodes=2', ...mpi);
        await untilStatus(run, 'completed');
        expectAlike(losses(runs(), run.run), losses(runs(), 'one'));
      }
    });

    it('fails if the configured MPI does not exist', async () => {
      const run = await started('launcher.nodes=2', 'launcher.mpi=/nowhere');
      await until('the job has ended', () => cluster().ask('squeue', '--noheader') === '');
      expect(await statusOf(run.run)).to.equal('failed');
      expect(readFileSync(join(run.folder, 'job.log'), 'utf8')).to.match(/^EXPLAB_MPI=\/nowhere: no such file/m);
    });

    for (const index of [0, 1]) {
      it(`ends within seconds when worker ${index} is killed, and is resumed from its last checkpoint`, async () => {
        const run = await started('maxSteps=100000', 'launcher.nodes=2', 'checkpoint.everySteps=5');
        await untilSaved(runs(), run.run, 5);
        signalWorker(run.run, index, 'SIGKILL');
        await until('the job has ended', () => cluster().ask('squeue', '--noheader') === '', 20);
        expect(await statusOf(run.run)).to.equal('dead');
        const steps = stepsOf(run).length + 5;
        const resumed = await exp(['resume', run.run, `maxSteps=${steps}`], { runs: runs() });
        expect(resumed.code, resumed.stderr).to.equal(0);
        expect(stepsOf(run)).to.deep.equal(upTo(steps));
      });
    }
  });

  describe('a sweep', () => {
    it('of a hundred jobs survives the kill of the submitting process, and completes', async () => {
      const seeds = upTo(100).join(',');
      const args = [
        'sweep',
        'diffuse',
        ...QUICK,
        'maxSteps=1',
        `seed=${seeds}`,
        'threads=1',
        '--launcher',
        'slurm',
        '--sweep',
        'jobs=8',
      ];
      const starter = startAlone(args);
      const completed = async () => {
        const { jobs } = await shown();
        return jobs.filter(({ state }) => state === 'completed').length;
      };
      await until('the sweep is there', () => existsSync(join(runs(), 'sweeps')), 120);
      while ((await completed()) < 10) await sleep(1000);
      starter.kill('SIGKILL');
      const now = await completed();
      expect(now).to.be.below(100);
      // Nobody looks after it now.
      await until('no job is left', () => cluster().ask('squeue', '--noheader') === '', 1800);
      expect(await completed()).to.equal(100);
      const resumed = await exp(['sweep', 'resume', 'latest', '--json'], { runs: runs() });
      expect(resumed.code, resumed.stderr).to.equal(0);
      expect(readdirSync(join(runs(), 'diffuse'))).to.have.length(100);
      const { jobs } = await shown();
      expect(new Set(jobs.map(({ settings }) => settings['seed'])).size).to.equal(100);
    });

    it('is cancelled with its jobs, and resumes', async () => {
      const args = [
        'sweep',
        'diffuse',
        ...GRAPH,
        'seed=1,2',
        'maxSteps=2000',
        'logEverySteps=1',
        '--launcher',
        'slurm',
        '--sweep',
        'jobs=1',
      ];
      const starter = startAlone(args);
      const ended = new Promise((resolve) => starter.once('exit', resolve));
      await until(
        'it trains',
        () =>
          existsSync(join(runs(), 'diffuse')) &&
          readdirSync(join(runs(), 'diffuse')).some(
            (id) => stepsOf({ folder: join(runs(), 'diffuse', id) }).length > 2,
          ),
        120,
      );
      const { stdout } = await exp(['sweep', 'cancel', 'latest'], { runs: runs() });
      expect(stdout).to.match(/^2 jobs of /);
      await ended;
      expect((await shown()).jobs.map(({ state }) => state)).to.deep.equal(['interrupted', 'interrupted']);
      const resumed = await exp(['sweep', 'resume', 'latest'], { runs: runs() });
      expect(resumed.code, resumed.stderr).to.equal(0);
      const folders = readdirSync(join(runs(), 'diffuse')).map((id) => ({ folder: join(runs(), 'diffuse', id) }));
      expect(folders.map(stepsOf)).to.deep.equal([upTo(2000), upTo(2000)]);
    });

    it('is cancelled if the first job to end has no such metric, and resumes with a different one', async () => {
      const args = ['sweep', 'diffuse', ...QUICK, 'maxSteps=1', 'threads=1', 'seed=1,2,3,4,5,6', '--launcher', 'slurm'];
      const { code, stderr } = await exp([...args, '--sweep', 'jobs=1', 'metric=los'], { runs: runs() });
      expect([code, stderr.split('\n')[0]]).to.deep.equal([1, 'No run of the sweep has a metric los.']);
      expect(cluster().ask('squeue', '--noheader')).to.equal('');
      const states = (await shownBy('loss')).jobs.map(({ state }) => state);
      expect(states[0]).to.equal('completed');
      expect(states.at(-1)).to.equal('interrupted');
      const resumed = await exp(['sweep', 'resume', 'latest', '--metric', 'loss'], { runs: runs() });
      expect(resumed.code, resumed.stderr).to.equal(0);
      expect((await shown()).jobs.map(({ state }) => state)).to.deep.equal(Array.from(states, () => 'completed'));
    });

    async function shownBy(metric: string): Promise<SweepSummary> {
      const { stdout } = await exp(['sweep', 'show', 'latest', '--json', '--metric', metric], { runs: runs() });
      return JSON.parse(stdout) as SweepSummary;
    }

    async function shown(): Promise<SweepSummary> {
      const { stdout, stderr, code } = await exp(['sweep', 'show', 'latest', '--json'], { runs: runs() });
      expect(code, stderr).to.equal(0);
      return JSON.parse(stdout) as SweepSummary;
    }

    function startAlone(args: readonly string[]): ChildProcess {
      mkdirSync(runs(), { recursive: true });
      const program = join(__dirname, '../../framework/cli/exp.js');
      return spawn(process.execPath, [program, ...args], {
        env: { ...process.env, CI: 'true', EXPLAB_RUNS: runs() },
        stdio: 'ignore',
      });
    }
  });
});
