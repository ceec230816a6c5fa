import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { savedSteps } from '../../framework/checkpoint/checkpoint-folder';
import { decodeSafetensors } from '../../framework/checkpoint/safetensors';
import type { Divergence } from '../../framework/experiment/training/divergence';
import { startRun } from '../../framework/experiment/lifecycle/start';
import { allRuns } from '../../framework/run/find-run';
import { RunFolder } from '../../framework/run/run-folder';
import { readRecord, statusOf } from '../../framework/run/run-record';
import { QUICK_TABLE, SMALL, exp, start } from '../support/exp';
import { ingredientsOf } from '../support/run-options';
import { rejection } from '../support/rejection';
import { withTensorFlow } from '../support/tensorflow';
import { temporaryFolder } from '../support/temporary';

const ROOT = join(__dirname, '../..');
const LONG = [...QUICK_TABLE, 'epochs=100000', 'logEverySteps=1', 'checkpoint.everySteps=5'];

const onlyRun = (runs: string): RunFolder => allRuns(runs)[0]!;

/** Starts a run that would go on for long, and does something when it trains. */
async function whileTraining(runs: string, act: (kill: (signal: NodeJS.Signals) => void) => void, env = {}) {
  let hasActed = false;
  const { child, ended } = start(['run', 'regress', ...LONG], {
    runs,
    env,
    onOutput: (text) => {
      if (hasActed || !text.includes('epoch 5/')) return;
      hasActed = true;
      act((signal) => child.kill(signal));
    },
  });
  return { ...(await ended), folder: onlyRun(runs) };
}

/** Writes a plugin of a tracker. */
function plugin(folder: string, name: string, code: string): void {
  const pluginFolder = join(folder, 'plugins/trackers', name);
  mkdirSync(pluginFolder, { recursive: true });
  writeFileSync(join(pluginFolder, 'index.ts'), `import { option, Tracker } from 'explab';\n${code}`);
}

describe('a signal', () => {
  const runs = temporaryFolder();

  for (const [signal, exitCode] of [
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    it(`${signal} saves the run, which exits with ${exitCode}`, async () => {
      const { code, folder } = await whileTraining(runs(), (kill) => kill(signal));
      const { status } = readRecord(folder);
      const last = readFileSync(folder.metrics, 'utf8').trim().split('\n').at(-1)!;
      expect([code, status]).to.deep.equal([exitCode, 'interrupted']);
      expect(savedSteps(folder.checkpoints).at(-1)).to.equal((JSON.parse(last) as { step: number }).step);
    });
  }

  it('that comes twice ends the run at once, which is recorded; earlier checkpoints stay valid', async () => {
    const { code, folder } = await whileTraining(runs(), (kill) => {
      kill('SIGINT');
      kill('SIGHUP');
    });
    // Whichever comes second.
    expect(code).to.be.oneOf([129, 130]);
    expect(readRecord(folder).status).to.equal('interrupted');
    const resumed = await exp(['resume', folder.path, 'epochs=2'], { runs: runs() });
    expect(resumed.code, resumed.stderr).to.equal(0);
  });

  it('SIGKILL leaves a run that is reported dead, and resumes from its last checkpoint', async () => {
    const { folder } = await whileTraining(runs(), (kill) => kill('SIGKILL'));
    expect(statusOf(folder)).to.equal('dead');
    const resumed = await exp(['resume', folder.path, 'epochs=2'], { runs: runs() });
    expect(resumed.code, resumed.stderr).to.equal(0);
    expect(resumed.stdout)
      .to.match(/is dead\. Taking over\./)
      .and.match(/Resumed after step \d+[05]\.|starting from the beginning/);
    const steps = readFileSync(folder.metrics, 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { step: number }).step);
    expect(steps).to.deep.equal(Array.from(steps, (_, index) => index + 1));
  });
});

describe('a run whose output is not read', () => {
  const runs = temporaryFolder();

  it('completes', async () => {
    const args = [join(ROOT, 'framework/cli/exp.js'), 'run', 'regress', ...QUICK_TABLE, 'epochs=2'];
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      env: { ...process.env, EXPLAB_RUNS: runs(), LANG: 'C', CI: 'true' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    child.stderr.destroy();
    const code = await new Promise((done) => child.on('exit', done));
    expect([code, readRecord(onlyRun(runs())).status]).to.deep.equal([0, 'completed']);
  });
});

describe('a run whose folder is moved away', () => {
  const runs = temporaryFolder();

  it('ends, reports it once, and does not create the folder again for checkpoints', async () => {
    const taken = join(runs(), 'taken');
    const { code, stderr } = await whileTraining(runs(), () => renameSync(join(runs(), 'regress'), taken));
    expect(code).to.equal(1);
    expect(stderr).to.contain('ENOENT');
    expect(existsSync(join(runs(), 'regress'))).to.equal(false);
  });
});

describe('an unhandled rejection', () => {
  const folder = temporaryFolder(ROOT);

  it('in a plugin ends the run, which is recorded as failed with the cause, also in its log', async () => {
    plugin(
      folder(),
      'late',
      `@option(Tracker, 'Late')
       export class Late extends Tracker {
         scalars(): void { void Promise.reject(new Error('too late to catch')); }
         flush(): void {}
         close(): void {}
       }`,
    );
    const runs = join(folder(), 'runs');
    const { code } = await exp(['run', 'regress', ...LONG, 'trackers=[JSONL,Late]'], { cwd: folder(), runs });
    const run = onlyRun(runs);
    expect(code).to.equal(1);
    expect(readRecord(run)).to.include({ status: 'failed', error: 'too late to catch' });
    expect(readFileSync(run.log, 'utf8')).to.contain('too late to catch');
  });
});

describe('a file size limit', () => {
  const runs = temporaryFolder();

  it('ends the run at its first checkpoint, and a fix is suggested', async () => {
    const large = [...LONG, 'model.hidden=[512,512]'];
    const args = [process.execPath, join(ROOT, 'framework/cli/exp.js'), 'run', 'regress', ...large];
    const child = spawn('bash', ['-c', 'ulimit -f 200; exec "$0" "$@"', ...args], {
      cwd: ROOT,
      env: { ...process.env, EXPLAB_RUNS: runs(), CI: 'true' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = new Promise((done) => child.on('close', done));
    expect(await text(child.stderr)).to.match(
      /^The checkpoint of step 5 could not be saved: EFBIG: file too large, write\.\n.*no earlier checkpoints\.\n.*Free disk space/,
    );
    expect(await ended).to.equal(1);
    const [run] = allRuns(runs());
    expect([readRecord(run!).status, savedSteps(run!.checkpoints), readdirSync(run!.checkpoints)]).to.deep.equal([
      'failed',
      [],
      [],
    ]);
  });
});

describe('a process that runs out of memory', () => {
  const folder = temporaryFolder(ROOT);

  it('leaves a run that is reported dead, with its checkpoints', async () => {
    plugin(
      folder(),
      'greedy',
      `@option(Tracker, 'Greedy')
       export class Greedy extends Tracker {
         private readonly kept: unknown[] = [];
         scalars(step: number): void { if (step > 30) for (;;) this.kept.push(Array.from({ length: 1e5 }, String)); }
         flush(): void {}
         close(): void {}
       }`,
    );
    const runs = join(folder(), 'runs');
    const env = { NODE_OPTIONS: '--max-old-space-size=400' };
    const { code } = await exp(['run', 'regress', ...LONG, 'trackers=[Greedy]'], { cwd: folder(), runs, env });
    expect(code).not.to.equal(0);
    const run = onlyRun(runs);
    expect(statusOf(run)).to.equal('dead');
    const resumed = await exp(['resume', run.path, 'trackers=[JSONL]', 'epochs=12'], { cwd: folder(), runs });
    expect(resumed.code, resumed.stderr).to.equal(0);
    expect(resumed.stdout).to.match(/Resumed after step \d+\./);
  });
});

describe('training that diverges', () => {
  withTensorFlow();
  const runs = temporaryFolder();

  for (const compile of ['graph', 'false']) {
    it(`stops before the update, and leaves the last good checkpoint and the batch (compile=${compile})`, async () => {
      const settings = [
        ...SMALL,
        'trackers=[JSONL]',
        'learningRate=1e30',
        'checkpoint.everySteps=1',
        `compile=${compile}`,
      ];
      const error = (await rejection(startRun(ingredientsOf('diffuse', settings), runs()))) as Divergence;
      const { step } = error.update;
      expect(error.text).to.match(
        /^The (loss|gradient of [\w., ]+) is not finite at step \d+: training has diverged\.\n/,
      );
      expect(error.text).to.match(/\n {2}The batch was saved in .*failures\/\d+\.$/);
      const folder = allRuns(runs()).at(-1)!;
      expect(readRecord(folder)).to.include({ status: 'failed' });
      expect(savedSteps(folder.checkpoints).every((saved) => saved < step)).to.equal(true);
      const failure = join(folder.failures, String(step));
      expect(readdirSync(failure).sort()).to.deep.equal(['batch.png', 'batch.safetensors', 'report.json']);
      const [images] = decodeSafetensors(readFileSync(join(failure, 'batch.safetensors')), '');
      expect(images).to.deep.include({ name: 'input.0', shape: [8, 8, 8, 1] });
      const report = JSON.parse(readFileSync(join(failure, 'report.json'), 'utf8')) as object;
      expect(report).to.deep.include({ step, learningRate: 1e30 });
    });
  }
});

describe('runs that start in the same second', () => {
  const runs = temporaryFolder();

  it('have a folder each, whatever their names', () => {
    const now = new Date();
    const folders = Array.from({ length: 20 }, () => RunFolder.create(runs(), 'diffuse', now, 'same'));
    expect(new Set(folders.map(({ path }) => path)).size).to.equal(20);
  });
});
