import { expect } from 'chai';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Cluster } from '../../../../framework/cluster/cluster';
import type { Connection } from '../../../../framework/cluster/connection';
import { rendezvousByTFConfig } from '../../../../framework/cluster/tf-config/rendezvous';
import { UserError } from '../../../../framework/errors';
import { freeAddresses } from '../../../support/addresses';
import { rejection } from '../../../support/rejection';

const PATIENCE = { rendezvous: 10, heartbeat: 10, exchange: 10 };

describe('Workers at the rendezvous', () => {
  let met: Connection[] = [];
  afterEach(() => {
    for (const connection of met) connection.close();
    met = [];
  });

  async function meeting(count: number): Promise<Connection[]> {
    const addresses = await freeAddresses(count);
    met = await Promise.all(addresses.map((_, index) => rendezvousByTFConfig({ addresses, index }, PATIENCE)));
    return met;
  }

  it("meet, and all receive the chief's answer to what they sent", async () => {
    const workers = await meeting(3);
    const said = workers.map((worker, index) => worker.gather('numbers', index + 1, (numbers) => numbers.join('+')));
    expect(await Promise.all(said)).to.deep.equal(['1+2+3', '1+2+3', '1+2+3']);
  });

  it("leave the chief's port free for TensorFlow's server", async () => {
    const [chief] = await meeting(2);
    const server = createServer().listen(Number(chief?.cluster.addresses[0]?.split(':')[1]));
    await once(server, 'listening');
    server.close();
  });

  it('are all notified which of them has died', async () => {
    const [chief, first, second] = (await meeting(3)) as [Connection, Connection, Connection];
    const learning = [chief, second].map((worker) => rejection(worker.guard(new Promise(() => undefined))));
    first.close();
    for (const error of await Promise.all(learning)) {
      expect(String(error)).to.include(`Worker 1 on ${chief.cluster.addresses[1]!} has died`);
    }
  });

  it('are all notified why one of them failed', async () => {
    const [chief, first, second] = (await meeting(3)) as [Connection, Connection, Connection];
    const learning = [chief, first].map((worker) => rejection(worker.guard(new Promise(() => undefined))));
    second.abort('The disk is full.');
    for (const error of await Promise.all(learning))
      expect(String(error)).to.match(/Worker 2 .* has failed: The disk is full\./);
  });

  it('are all notified of an error that the chief finds in what they sent', async () => {
    const [chief, other] = (await meeting(2)) as [Connection, Connection];
    const waiting = rejection(other.gather('versions', 1, () => null));
    const refuse = () => {
      throw new UserError('They differ.');
    };
    expect(String(await rejection(chief.gather('versions', 2, refuse)))).to.include('They differ.');
    expect(String(await waiting)).to.include('They differ.');
  });

  it('are refused if their clusters differ', async () => {
    const addresses = await freeAddresses(3);
    const other: Cluster = { addresses: [addresses[0]!, addresses[2]!], index: 1 };
    const chief = rejection(rendezvousByTFConfig({ addresses: addresses.slice(0, 2), index: 0 }, PATIENCE));
    const connection = await rendezvousByTFConfig(other, PATIENCE);
    met = [connection];
    expect(String(await rejection(connection.gather('anything', 1, () => 1)))).to.include('disagree on the cluster');
    expect(String(await chief)).to.include('disagree on the cluster');
  });

  it('are named if they do not connect', async () => {
    const addresses = await freeAddresses(3);
    const error = await rejection(
      rendezvousByTFConfig({ addresses, index: 0 }, { rendezvous: 0.2, heartbeat: 10, exchange: 10 }),
    );
    expect(String(error)).to.include(`Missing: worker 1 on ${addresses[1]!}, worker 2 on ${addresses[2]!}`);
  });

  it('report a chief that is unreachable', async () => {
    const addresses = await freeAddresses(2);
    const error = await rejection(
      rendezvousByTFConfig({ addresses, index: 1 }, { rendezvous: 0.3, heartbeat: 10, exchange: 10 }),
    );
    expect(String(error)).to.match(/Could not reach worker 0, the chief, .* within 0\.3 s/);
  });

  it('report a port that is in use', async () => {
    const addresses = await freeAddresses(2);
    const server = createServer().listen(Number(addresses[0]!.split(':')[1]));
    await once(server, 'listening');
    expect(String(await rejection(rendezvousByTFConfig({ addresses, index: 0 }, PATIENCE)))).to.match(
      /Cannot listen on port.*in use/i,
    );
    server.close();
  });

  it('detect one that is silent', async () => {
    const addresses = await freeAddresses(2);
    const impatient = { rendezvous: 10, heartbeat: 1, exchange: 10 };
    const [chief] = (met = await Promise.all(
      addresses.map((_, index) => rendezvousByTFConfig({ addresses, index }, impatient)),
    ));
    // Signs of life come every two seconds, so that one second of patience is too little.
    expect(String(await rejection(chief!.guard(new Promise(() => undefined))))).to.match(/No heartbeat from worker 1/);
  });
});
