import { expect } from 'chai';
import { resolveHosts } from '../../../framework/cluster/tf-config/address';
import { type Environment, localRank } from '../../../framework/cluster/cluster';
import { timeoutsFrom } from '../../../framework/cluster/connection';
import { joinCluster } from '../../../framework/cluster/join-cluster';
import { UserError } from '../../../framework/errors';
import { rejection } from '../../support/rejection';

const withConfig = (config: unknown): Environment => ({
  TF_CONFIG: typeof config === 'string' ? config : JSON.stringify(config),
});

describe('The cluster', () => {
  it('is read from TF_CONFIG', async () => {
    const config = { cluster: { worker: ['a:1', 'b:2'] }, task: { type: 'worker', index: 1 } };
    expect(await joinCluster(withConfig(config))).to.deep.equal({ addresses: ['a:1', 'b:2'], index: 1 });
  });

  it('has the chief first if TF_CONFIG names one', async () => {
    const config = { cluster: { worker: ['a:1', 'b:2'], chief: ['c:3'] }, task: { type: 'worker', index: 0 } };
    expect(await joinCluster(withConfig(config))).to.deep.equal({ addresses: ['c:3', 'a:1', 'b:2'], index: 1 });
  });

  it('is undefined for a single process', async () => {
    expect(await joinCluster({})).to.equal(undefined);
    const alone = { cluster: { worker: ['a:1'] }, task: { type: 'worker', index: 0 } };
    expect(await joinCluster(withConfig(alone))).to.equal(undefined);
  });

  const task = { type: 'worker', index: 0 };
  const mistakes: readonly [what: string, config: unknown, output: RegExp][] = [
    ['is no JSON', '{"cluster":', /TF_CONFIG.*not JSON/],
    ['has no cluster', { task }, /"cluster" is missing/],
    ['names no worker', { cluster: {}, task }, /no workers/],
    ['has no task', { cluster: { worker: ['a:1', 'b:1'] } }, /"task" is missing/],
    [
      'has an index out of range',
      { cluster: { worker: ['a:1', 'b:1'] }, task: { type: 'worker', index: 2 } },
      /task worker 2 is not in the cluster .*worker 0, worker 1/,
    ],
    ['has an address without a port', { cluster: { worker: ['a', 'b:1'] }, task }, /"a" is not a valid worker address/],
    [
      'has a port that is none',
      { cluster: { worker: ['a:70000', 'b:1'] }, task },
      /"a:70000" is not a valid worker address/,
    ],
    ['has two workers at one address', { cluster: { worker: ['a:1', 'a:1'] }, task }, /Two workers .* a:1/],
    ['has parameter servers', { cluster: { worker: ['a:1'], ps: ['b:1'] }, task }, /unsupported job "ps"/],
  ];
  for (const [what, config, output] of mistakes) {
    it(`is refused if TF_CONFIG ${what}`, async () => {
      expect(await rejection(joinCluster(withConfig(config))))
        .to.be.instanceOf(UserError)
        .with.property('message')
        .that.matches(output);
    });
  }

  it('waits for its workers up to the timeout in the environment', () => {
    expect(timeoutsFrom({}).rendezvous).to.be.below(60);
    expect(timeoutsFrom({ EXPLAB_MEETING_SECONDS: '300' }).rendezvous).to.equal(300);
    for (const text of ['0', '-1', '2147484', 'Infinity']) {
      expect(() => timeoutsFrom({ EXPLAB_MEETING_SECONDS: text }), text).to.throw(
        UserError,
        'expected a number of seconds',
      );
    }
    expect(() => timeoutsFrom({ EXPLAB_MEETING_SECONDS: 'long' })).to.throw(UserError, /EXPLAB_MEETING_SECONDS=long/);
  });

  it('numbers the workers of each machine, to assign its GPUs', () => {
    const addresses = ['a:1', 'b:1', 'b:2'];
    expect([0, 1, 2].map((index) => localRank({ addresses, index }))).to.deep.equal([
      { index: 0, count: 1 },
      { index: 0, count: 2 },
      { index: 1, count: 2 },
    ]);
  });

  it('is refused if a host cannot be resolved', async () => {
    const error = await rejection(resolveHosts(['127.0.0.1:1', 'nowhere.invalid:1']));
    expect(String(error)).to.match(/The host nowhere\.invalid of the cluster cannot be resolved/);
  });
});
