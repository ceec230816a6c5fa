import { expect } from 'chai';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Ended, SMALL, exp, start } from '../support/exp';
import { freeAddresses } from '../support/addresses';
import { STRANGERS, connected } from '../support/strangers';
import { temporaryFolder } from '../support/temporary';

/** How far losses may lie apart, of their size: float32 sums in another order. */
const TOLERANCE = 1e-5;

const SETTINGS = [...SMALL, 'model.dropout=0.1', 'batchSize=16', 'logEverySteps=1', 'trackers=[JSONL]', 'threads=1'];

interface Worker {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

describe('Two workers', function () {
  this.timeout(20 * 60_000);
  const folder = temporaryFolder();
  const started: ChildProcess[] = [];
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });

  /** Starts both by TF_CONFIG, as on two machines: each with a runs folder of its own. */
  async function startBoth(
    wordsOf: (index: number) => readonly string[],
    worker: readonly string[] = [],
  ): Promise<[Worker, Worker]> {
    if (worker.length === 0) worker = await freeAddresses(2);
    const [chief, other] = [0, 1].map((index) => {
      const TF_CONFIG = JSON.stringify({ cluster: { worker }, task: { type: 'worker', index } });
      const begun = start(wordsOf(index), {
        runs: join(folder(), String(index)),
        env: { TF_CONFIG, EXPLAB_MEETING_SECONDS: '600', EXPLAB_CLUSTER_SECRET: '0123456789abcdef' },
      });
      started.push(begun.child);
      return begun;
    });
    return [chief!, other!];
  }

  const losses = (runs: string, run: string): number[] =>
    readFileSync(join(runs, 'diffuse', run, 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { loss: number }).loss);

  function expectAlike(actual: readonly number[], expected: readonly number[]): void {
    expect(actual).to.have.length(expected.length);
    for (const [index, loss] of actual.entries()) {
      expect(Math.abs(loss - expected[index]!) / expected[index]!).to.be.below(TOLERANCE);
    }
  }

  const statusOf = (run: string) =>
    JSON.parse(readFileSync(join(folder(), '0/diffuse', run, 'run.json'), 'utf8')) as {
      status: string;
      error?: string;
    };

  async function untilSaved(run: string, step: number): Promise<void> {
    const saved = join(folder(), '0/diffuse', run, 'checkpoints');
    const isThere = () => existsSync(saved) && readdirSync(saved).some((name) => Number(name) >= step);
    while (!isThere()) await sleep(100);
  }

  for (const more of [[], ['microBatches=2']]) {
    it(`train to the numbers of one, and only the chief writes ${more.join()}`.trim(), async () => {
      const runs = join(folder(), '0');
      const words = ['run', 'diffuse', ...SETTINGS, ...more, 'maxSteps=6'];
      const one = await exp([...words, '--id', 'one'], { runs });
      expect(one.code, one.stderr).to.equal(0);
      const [chief, other] = await startBoth(() => [...words, '--id', 'two']);
      for (const { code, stderr } of [await chief.ended, await other.ended]) expect(code, stderr).to.equal(0);
      expectAlike(losses(runs, 'two'), losses(runs, 'one'));
      expect(existsSync(join(folder(), '1'))).to.equal(false);
    });
  }

  it('train to the numbers of one while strangers come to their port, before they meet and later', async () => {
    const runs = join(folder(), '0');
    const words = ['run', 'diffuse', ...SETTINGS, 'maxSteps=40', 'checkpoint.everySteps=5'];
    expect((await exp([...words, '--id', 'one'], { runs })).code).to.equal(0);
    const addresses = await freeAddresses(2);
    const both = startBoth(() => [...words, '--id', 'two'], addresses);
    const early = await Promise.all(STRANGERS.map(() => connected(addresses[0]!, 30_000)));
    for (const [index, socket] of early.entries()) if (index % 2 === 0) socket.write(STRANGERS[index]![1](addresses));
    const [chief, other] = await both;
    await untilSaved('two', 5);
    for (const [index, socket] of early.entries()) socket.write(STRANGERS[index]![1](addresses));
    for (const { code, stderr } of [await chief.ended, await other.ended]) expect(code, stderr).to.equal(0);
    expectAlike(losses(runs, 'two'), losses(runs, 'one'));
  });

  it('are started by --workers, and end together', async () => {
    const runs = join(folder(), '0');
    const words = ['run', 'diffuse', ...SETTINGS, 'maxSteps=3', '--id', 'both', '--workers', '2', '--json'];
    const { code, stdout } = await exp(words, { runs });
    expect(code).to.equal(0);
    expect(JSON.parse(stdout)).to.deep.include({ run: 'both', status: 'completed', step: 3 });
  });

  it('begin with the weights of another run, and drop the same labels as one', async () => {
    const runs = join(folder(), '0');
    const words = [...SETTINGS, 'conditional=true', 'classDropout=0.5'];
    for (const run of [
      ['run', 'diffuse', ...words, 'maxSteps=4', '--id', 'first'],
      ['run', 'diffuse', ...words, 'seed=1', 'maxSteps=8', '--from', 'first', '--id', 'one'],
      ['run', 'diffuse', ...words, 'seed=1', 'maxSteps=8', '--from', 'first', '--id', 'two', '--workers', '2'],
    ]) {
      const { code, stderr } = await exp(run, { runs });
      expect(code, stderr).to.equal(0);
    }
    expectAlike(losses(runs, 'two'), losses(runs, 'one'));
    expect(losses(runs, 'two')[0]).not.to.be.closeTo(losses(runs, 'first')[0]!, 1e-3);
  });

  it('start a run again from its record, to the numbers of one', async () => {
    const runs = join(folder(), '0');
    const first = ['run', 'diffuse', ...SETTINGS, 'maxSteps=3', '--id', 'first'];
    expect((await exp(first, { runs })).code).to.equal(0);
    const { code, stdout, stderr } = await exp(['rerun', 'first', '--workers', '2', '--json'], { runs });
    expect(code, stderr).to.equal(0);
    expectAlike(losses(runs, (JSON.parse(stdout) as { run: string }).run), losses(runs, 'first'));
  });

  it('are told that a run has come to its end already', async () => {
    const runs = join(folder(), '0');
    const words = ['run', 'diffuse', ...SETTINGS, 'maxSteps=2', '--id', 'done'];
    expect((await exp(words, { runs })).code).to.equal(0);
    const { code, stdout, stderr } = await exp(['resume', 'done', '--workers', '2'], { runs });
    expect(code, stderr).to.equal(0);
    expect(stdout + stderr).to.match(/done/);
  });

  it('both end with a word when one is killed, and one goes on with the run to the numbers of one', async () => {
    const words = ['run', 'diffuse', ...SETTINGS, 'checkpoint.everySteps=5'];
    const [chief, other] = await startBoth(() => [...words, '--id', 'killed', 'maxSteps=40']);
    await untilSaved('killed', 5);
    other.child.kill('SIGKILL');
    const { code, stderr } = await chief.ended;
    expect(code).to.equal(1);
    expect(stderr).to.match(/Worker 1 \(127\.0\.0\.1:\d+\) has died/);
    expect(statusOf('killed')).to.deep.include({ status: 'failed' });

    const runs = join(folder(), '0');
    expect((await exp(['resume', 'killed'], { runs })).code).to.equal(0);
    expect((await exp([...words, '--id', 'whole', 'maxSteps=40'], { runs })).code).to.equal(0);
    expectAlike(losses(runs, 'killed'), losses(runs, 'whole'));
  });

  it('both end with a word when the chief is killed, and two go on with the run, of which one knows nothing', async () => {
    const words = ['run', 'diffuse', ...SETTINGS, 'checkpoint.everySteps=5', 'maxSteps=60'];
    const [chief, other] = await startBoth(() => [...words, '--id', 'headless']);
    await untilSaved('headless', 5);
    chief.child.kill('SIGKILL');
    const { code, stderr } = await other.ended;
    expect(code).to.equal(1);
    expect(stderr).to.match(/Worker 0, the chief, .* has died/);

    const both = await startBoth(() => ['resume', 'headless']);
    expect((await both[0].ended).code).to.equal(0);
    expect((await both[1].ended).code).to.equal(0);
    expect(statusOf('headless').status).to.equal('completed');
    expect(losses(join(folder(), '0'), 'headless')).to.have.length(60);
  });

  it('both end within a minute when one hangs', async () => {
    const words = ['run', 'diffuse', ...SETTINGS, 'checkpoint.everySteps=5', '--id', 'hanging'];
    const [chief, other] = await startBoth(() => words);
    await untilSaved('hanging', 5);
    other.child.kill('SIGSTOP');
    const { stderr } = await chief.ended;
    expect(stderr).to.match(/Nothing was heard of worker 1 .* for 45 s/);
    other.child.kill('SIGCONT');
    expect((await other.ended).code).to.equal(1);
  });

  it('stop at the same step when one is asked to, and save', async () => {
    const words = ['run', 'diffuse', ...SETTINGS, 'checkpoint.everySteps=5', '--id', 'stopped'];
    const [chief, other] = await startBoth(() => words);
    await untilSaved('stopped', 5);
    other.child.kill('SIGINT');
    expect((await chief.ended).code).to.equal(130);
    expect((await other.ended).code).to.equal(130);
    expect(statusOf('stopped').status).to.equal('interrupted');
  });

  it('are told of it where a loss is not finite', async () => {
    const [chief, other] = await startBoth(() => ['run', 'diffuse', ...SETTINGS, 'learningRate=1e30', '--id', 'far']);
    for (const { code, stderr } of [await chief.ended, await other.ended]) {
      expect(code).to.equal(1);
      expect(stderr).to.match(/not finite at step \d+|has failed/);
    }
  });

  it('are told before the first step where they were started for something else', async () => {
    const [chief, other] = await startBoth((index) => ['run', 'diffuse', ...SETTINGS, `seed=${index}`, '--id', 'odd']);
    for (const { code, stderr } of [await chief.ended, await other.ended]) {
      expect(code).to.equal(1);
      expect(stderr).to.match(/worker 1 .* was started for something else: it has seed=1, and the chief 0/i);
    }
    expect(existsSync(join(folder(), '0/diffuse/odd'))).to.equal(false);
  });
});
