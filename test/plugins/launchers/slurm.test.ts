import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Job } from '../../../framework/kinds/launcher';
import { SlurmLauncher, SlurmSettings } from '../../../plugins/launchers/slurm';
import { parseStates, jobStatusOf } from '../../../plugins/launchers/slurm/queue';
import { secondsOf } from '../../../plugins/launchers/slurm/settings';
import { QUICK, exp } from '../../support/exp';
import { settingsOf } from '../../support/settings';
import { temporaryFolder } from '../../support/temporary';

// test/slurm runs all this on a real Slurm.
describe('The Slurm launcher', () => {
  const folder = temporaryFolder();
  const launcherOf = (settings: Partial<SlurmSettings> = {}) => new SlurmLauncher(settingsOf(SlurmSettings, settings));
  const job = (number: number): Job => ({
    name: `job-${number}`,
    command: ['exp', 'run', 'diffuse', 'model.multipliers=[1,2]', "--name=it's"],
    resume: ['exp', 'resume', `/runs/${number}`],
    checkpoints: `/runs/${number}/checkpoints`,
    environment: { EXPLAB_RUNS: '/my runs' },
    stdout: `/runs/${number}/out%put`,
    stderr: `/runs/${number}/log.txt`,
    folder: `/runs/${number}`,
  });
  const scriptFor = (settings: Partial<SlurmSettings>, count = 1, maxConcurrent = 1) => {
    const jobs = Array.from({ length: count }, (_, number) => job(number));
    return launcherOf(settings).describe({ name: 'sweep', jobs, maxConcurrent, folder: '/sweep' });
  };
  const optionsIn = (script: string) => script.split('\n').flatMap((line) => /^#SBATCH --(.*)$/.exec(line)?.[1] ?? []);

  it("uses the cluster's defaults for everything that is not set", () => {
    expect(optionsIn(scriptFor({}))).to.deep.equal([
      'job-name=job-0',
      // A % would stand for something else.
      'output=/runs/0/out%%put',
      'error=/runs/0/log.txt',
      'open-mode=append',
      'requeue',
      'signal=B:TERM@120',
    ]);
  });

  it('quotes paths as sbatch parses its option lines', () => {
    // By _get_argument in Slurm's src/sbatch/opt.c; test/slurm writes to such files on a real one.
    const paths: [path: string, option: string][] = [
      ["/it's", `"/it's"`],
      ['/so "quoted"', String.raw`"/so \"quoted\""`],
      ['/a#b', '"/a#b"'],
      // A file's name is a pattern, with a backslash of its own.
      ['/back\\slash %j', String.raw`"/back\\\\slash %j"`],
      ['/percent %j', '"/percent %%j"'],
    ];
    for (const [stdout, option] of paths) {
      const array = { name: 'sweep', jobs: [{ ...job(0), stdout }], maxConcurrent: 1, folder: '/sweep' };
      expect(optionsIn(launcherOf().describe(array))).to.include(`output=${option}`);
    }
  });

  it('writes a line for each setting', () => {
    const settings = {
      partition: 'gpu',
      account: 'vision',
      qos: 'long',
      nodes: 4,
      gpus: 8,
      cpus: 6,
      memory: '64G',
      time: '12:00:00',
      constraint: 'a100&nvlink',
      extra: ['--exclusive', '--mail-type=END'],
      saveSeconds: 300,
    };
    const lines = ['partition=gpu', 'account=vision', 'qos=long', 'nodes=4', 'ntasks-per-node=8', 'gpus-per-node=8'];
    const others = ['cpus-per-task=6', 'mem=64G', 'time=12:00:00', 'constraint=a100&nvlink', 'signal=B:TERM@300'];
    const script = scriptFor(settings);
    expect(optionsIn(script)).to.include.members([...lines, ...others, 'exclusive', 'mail-type=END']);
    expect(script).to.contain(
      '\nsrun --mpi=pmi2 --kill-on-bad-exit=0 --wait=10 --gpus-per-task=1 --cpus-per-task=6 "${words[@]}" &\n',
    );
  });

  it('starts a single worker without srun', () => {
    expect(scriptFor({ nodes: 1, gpus: 1 })).not.to.contain('srun');
  });

  it('sets the number of threads to the number of CPUs of a job', () => {
    expect([launcherOf({ cpus: 6 }).defaults, launcherOf().defaults]).to.deep.equal([{ threads: '6' }, {}]);
  });

  it("starts several workers by MPI: exp's own, or the cluster's if configured", () => {
    const own = scriptFor({ nodes: 2 });
    expect(own)
      .to.contain('\nsrun --mpi=pmi2 --kill-on-bad-exit=0 --wait=10 "${words[@]}" &\n')
      .and.not.to.contain('EXPLAB_MPI');
    const clusters = scriptFor({ nodes: 2, mpi: '/opt/open mpi', pmi: 'pmix' });
    expect(clusters).to.contain("\nexport EXPLAB_MPI='/opt/open mpi'\n").and.to.contain('\nsrun --mpi=pmix ');
    expect(scriptFor({ mpi: '/opt/mpi' })).not.to.contain('EXPLAB_MPI');
    const needs = [{ nodes: 2 }, { gpus: 2 }, { nodes: 2, mpi: '/opt/mpi' }, {}].map(
      (each) => launcherOf(each).needsMpi,
    );
    expect(needs).to.deep.equal([true, true, false, false]);
  });

  it('submits many jobs as an array with a concurrency limit', () => {
    expect(optionsIn(scriptFor({}, 100, 8))).to.include('array=0-99%8');
    expect(optionsIn(scriptFor({}, 3, 3))).to.include('array=0-2');
    expect(optionsIn(scriptFor({}, 3, 3))).to.include('output=/sweep/job.log');
  });

  it('writes valid bash scripts', () => {
    for (const script of [scriptFor({ nodes: 2 }), scriptFor({ gpus: 2 }, 3), scriptFor({}, 1)])
      execFileSync('bash', ['-n'], { input: script });
    const args = scriptFor({})
      .split('\n')
      .filter((line) => /^(begin|export)/.test(line));
    const said = execFileSync('bash', [], {
      input: [...args, 'printf "%s|" "$EXPLAB_RUNS" "${begin[@]}"'].join('\n'),
      encoding: 'utf8',
    });
    expect(said).to.equal("/my runs|exp|run|diffuse|model.multipliers=[1,2]|--name=it's|");
  });

  // The forms are those of https://slurm.schedmd.com/sbatch.html#OPT_time.
  for (const [time, seconds] of [
    ['90', 5400],
    ['90:30', 5430],
    ['12:00:00', 43_200],
    ['2-12', 216_000],
    ['2-12:30', 217_800],
    ['2-12:30:15', 217_815],
    ['UNLIMITED', Infinity],
  ] as const) {
    it(`reads ${time} as ${seconds} seconds`, () => {
      expect(secondsOf(time)).to.equal(seconds);
    });
  }

  for (const [what, settings, message] of [
    ['a time that is none', { time: 'noon' }, 'launcher.time=noon: expected a time.'],
    [
      'a time that is over before a job could save',
      { time: '2' },
      /^launcher.time=2: a job would save as soon as it starts/,
    ],
    ['a memory that is none', { memory: 'much' }, /^launcher.memory=much: expected an integer/],
    ['a type of MPI that is none', { pmi: '' }, 'launcher.pmi=: expected a word without spaces.'],
    ['a partition that would end the line', { partition: 'a\n#SBATCH --nodes=9' }, /^launcher.partition=/],
    ['a further option that is none', { extra: ['exclusive'] }, /^launcher.extra=exclusive: expected an sbatch option/],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(() => scriptFor(settings)).to.throw(message);
    });
  }

  // Recorded from Slurm 22.05 by test/slurm/record.ts.
  it("parses squeue's output for jobs and for those of arrays", () => {
    const said = readFileSync(join(__dirname, '../../fixtures/slurm/squeue.txt'), 'utf8');
    const standings = [...parseStates(said)].map(([id, state]) => [id, jobStatusOf(state)]);
    expect(Object.fromEntries(standings)).to.deep.equal({
      '1_0': { state: 'ended', exitReason: 'COMPLETED' },
      '1_1': { state: 'ended', exitReason: 'FAILED' },
      '1_2': { state: 'running' },
      '1_3': { state: 'running' },
      '1_4': { state: 'queued' },
      '2': { state: 'queued' },
      '3': { state: 'ended', exitReason: 'CANCELLED' },
      '4': { state: 'queued' },
    });
    expect(jobStatusOf(undefined)).to.deep.equal({ state: 'ended' });
  });

  it('shows the script without starting anything, also without Slurm', async () => {
    const args = ['run', 'diffuse', ...QUICK, '--launcher', 'slurm', '--set', 'launcher.nodes=4', 'launcher.gpus=8'];
    const env = { PATH: folder() };
    const dry = await exp([...args, 'launcher.time=12:00:00', '--dry-run'], { runs: folder(), env });
    expect(dry.code, dry.stderr).to.equal(0);
    expect(optionsIn(dry.stdout)).to.include.members(['nodes=4', 'ntasks-per-node=8', 'time=12:00:00']);
    expect(dry.stdout).to.match(/Nothing was started\.\n$/);
    const refused = await exp(args, { runs: folder(), env });
    expect([refused.code, refused.stderr.split('\n')[0]]).to.deep.equal([
      1,
      'Slurm is not installed here: program sbatch not found.',
    ]);
    const sweep = await exp(
      ['sweep', 'diffuse', ...QUICK, 'seed=1,2,3', '--launcher', 'SLURM', '--sweep', 'jobs=2', '--dry-run'],
      { runs: folder(), env },
    );
    expect(optionsIn(sweep.stdout)).to.include('array=0-2%2');
  });
});
