import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { savedSteps } from '../../framework/checkpoint/checkpoint-folder';
import { allRuns } from '../../framework/run/find-run';
import { Random } from '../../framework/random/random';
import type { RunFolder } from '../../framework/run/run-folder';
import { QUICK_PHOTOS, exp } from '../support/exp';
import { metricsOf } from '../support/run-options';
import { temporaryFolder } from '../support/temporary';

const ROOT = join(__dirname, '../..');

/** A checkpoint after each update, so that most kills come while one is being saved. */
const SETTINGS = [...QUICK_PHOTOS, 'model.dropout=0.3', 'ema=0.9', 'checkpoint.everySteps=1', 'logEverySteps=1'];
const ENDLESS = ['epochs=1000000', 'sampleEvery=1000000'];

/** How often runs are killed: op by op, which starts in a second, and compiled. */
const CHAINS = [
  { settings: [], kills: 60 },
  { settings: ['seed=2'], kills: 60 },
  { settings: ['seed=3', 'checkpoint.keep=1'], kills: 60 },
  { settings: ['compile=graph'], kills: 20 },
];

/** Starts `exp` without waiting for it. @returns the process, and the moment at which it prints a text */
function started(
  args: readonly string[],
  runs: string,
  text: string,
): { child: ChildProcess; said: Promise<void>; ended: Promise<void> } {
  const child = spawn(process.execPath, [join(ROOT, 'framework/cli/exp.js'), ...args], {
    cwd: ROOT,
    env: { ...process.env, CI: 'true', EXPLAB_RUNS: runs },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((done) => child.on('close', () => done()));
  const said = new Promise<void>((done) => {
    child.stdout.setEncoding('utf8').on('data', (shown: string) => shown.includes(text) && done());
  });
  return { child, said, ended };
}

/** Runs a command and kills it: some time after its first epoch of three updates, or, every fifth time, while it is still getting ready. */
async function killed(args: readonly string[], runs: string, time: number, random: Random): Promise<void> {
  const { child, said, ended } = started(args, runs, 'epoch ');
  if (time % 5 === 4) await sleep(300 + 900 * random.fraction());
  else await Promise.race([said, ended]).then(() => sleep(500 * random.fraction()));
  child.kill('SIGKILL');
  await ended;
}

const newest = (run: RunFolder | undefined) => (run ? (savedSteps(run.checkpoints).at(-1) ?? 0) : 0);

function contentOf({ checkpoints }: RunFolder, step: number): string[] {
  const folder = join(checkpoints, String(step));
  const names = readdirSync(folder).filter((name) => name.endsWith('.safetensors'));
  return names.map((name) => `${name} ${readFileSync(join(folder, name)).toString('base64')}`);
}

describe('a run that is killed again and again', () => {
  for (const { settings, kills } of CHAINS) {
    const runs = temporaryFolder();

    it(`${kills} times loses no step that was saved, and gives the same bits as an uninterrupted one (${settings.join(' ')})`, async () => {
      const args = ['run', 'diffuse', ...SETTINGS, ...settings, ...ENDLESS];
      const moments = Random.fromSeed(kills).stream(settings.join());
      let reached = 0;
      for (let time = 0; time < kills; time++) {
        const run = allRuns(runs())[0];
        await killed(run ? ['resume', run.path] : args, runs(), time, moments.at(time));
        const now = newest(allRuns(runs())[0]);
        expect(now, `after kill ${time + 1}`).to.be.at.least(reached);
        reached = now;
      }
      const [run] = allRuns(runs());
      const last = reached + 2;
      const resumed = await exp(['resume', run!.path, `maxSteps=${last}`], { runs: runs() });
      expect(resumed.code, resumed.stderr).to.equal(0);
      expect(resumed.stdout).to.contain(`Resumed after step ${reached}.`);
      const straight = await exp([...args, 'checkpoint.everySteps=1000000', `maxSteps=${last}`, '--name', 'straight'], {
        runs: runs(),
      });
      expect(straight.code, straight.stderr).to.equal(0);
      const [one, other] = allRuns(runs());
      expect(contentOf(one!, last)).to.deep.equal(contentOf(other!, last));
      const losses = [one!, other!].map((each) => metricsOf(each).map(({ step, loss }) => [step, loss]));
      expect(losses[0]).to.deep.equal(losses[1]);
      expect(losses[0]).to.have.length(last);
      console.log(`      ${kills} kills, ${last} steps`);
    }).timeout(1_200_000);
  }
});
