import { expect } from 'chai';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { freeAddresses } from '../support/addresses';
import { type Ended, exp, start } from '../support/exp';
import { STRANGERS, connected } from '../support/strangers';
import { temporaryFolder } from '../support/temporary';
import { SHARED, expectAlike, losses, recordOf, untilSaved } from '../support/worker-runs';

const SAVING = ['run', 'diffuse', ...SHARED, 'checkpoint.everySteps=5'];

interface Worker {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

describe("Two workers in TF_CONFIG, on TensorFlow's servers", function () {
  this.timeout(20 * 60_000);
  const folder = temporaryFolder();
  const runs = () => join(folder(), '0');
  const started: ChildProcess[] = [];
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });

  /** Starts both, as on two machines: each with a runs folder of its own. */
  function startBoth(args: readonly string[], worker: readonly string[]): [Worker, Worker] {
    const [chief, other] = [0, 1].map((index) => {
      const TF_CONFIG = JSON.stringify({ cluster: { worker }, task: { type: 'worker', index } });
      const env = { TF_CONFIG, EXPLAB_MEETING_SECONDS: '600', EXPLAB_CLUSTER_SECRET: '0123456789abcdef' };
      const begun = start(args, { runs: join(folder(), String(index)), env });
      started.push(begun.child);
      return begun;
    });
    return [chief!, other!];
  }

  it('train to the same numbers as one while strangers connect to their port, before they meet and later', async () => {
    const args = [...SAVING, 'maxSteps=40'];
    expect((await exp([...args, '--id', 'one'], { runs: runs() })).code).to.equal(0);
    const addresses = await freeAddresses(2);
    const both = startBoth([...args, '--id', 'two'], addresses);
    const early = await Promise.all(STRANGERS.map(() => connected(addresses[0]!, 30_000)));
    for (const [index, socket] of early.entries()) if (index % 2 === 0) socket.write(STRANGERS[index]![1](addresses));
    await untilSaved(runs(), 'two', 5);
    for (const [index, socket] of early.entries()) socket.write(STRANGERS[index]![1](addresses));
    for (const { ended } of both) expect((await ended).code, (await ended).stderr).to.equal(0);
    expectAlike(losses(runs(), 'two'), losses(runs(), 'one'));
  });

  it('both end when one is killed, and both resume the run', async () => {
    const args = [...SAVING, '--id', 'killed', 'maxSteps=40'];
    const [chief, other] = startBoth(args, await freeAddresses(2));
    await untilSaved(runs(), 'killed', 5);
    other.child.kill('SIGKILL');
    const { code, stderr } = await chief.ended;
    expect(code).to.equal(1);
    expect(stderr).to.match(/Worker 1 on 127\.0\.0\.1:\d+ has died/);
    expect(recordOf(runs(), 'killed')).to.deep.include({ status: 'failed' });
    for (const { ended } of startBoth(['resume', 'killed'], await freeAddresses(2)))
      expect((await ended).code).to.equal(0);
    expect(losses(runs(), 'killed')).to.have.length(40);
  });

  it('stop at the same step when one is asked to stop, and save', async () => {
    const [chief, other] = startBoth([...SAVING, '--id', 'stopped'], await freeAddresses(2));
    await untilSaved(runs(), 'stopped', 5);
    other.child.kill('SIGINT');
    expect((await chief.ended).code).to.equal(130);
    expect((await other.ended).code).to.equal(130);
    expect(recordOf(runs(), 'stopped').status).to.equal('interrupted');
  });
});
