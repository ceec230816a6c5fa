import { expect } from 'chai';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { type Socket, createServer } from 'node:net';
import { join } from 'node:path';
import type { Connection } from '../../../../framework/cluster/connection';
import { parseMessage } from '../../../../framework/cluster/message';
import { rendezvousByTFConfig } from '../../../../framework/cluster/tf-config/rendezvous';
import { secretFrom } from '../../../../framework/cluster/tf-config/secret';
import { freeAddresses } from '../../../support/addresses';
import { rejection } from '../../../support/rejection';
import { temporaryFolder } from '../../../support/temporary';
import { STRANGERS, connected } from '../../../support/strangers';

const PATIENCE = { rendezvous: 10, heartbeat: 10, exchange: 10 };
const KEY = '0123456789abcdef0123456789abcdef';
const ENVIRONMENT = { EXPLAB_CLUSTER_SECRET: KEY };

describe('Workers with a secret', () => {
  let met: Connection[] = [];
  const sockets: Socket[] = [];
  afterEach(() => {
    for (const connection of met.splice(0)) connection.close();
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  /** Connects as soon as somebody listens there. */
  async function stranger(address: string): Promise<Socket> {
    const socket = await connected(address);
    sockets.push(socket);
    return socket;
  }

  const expectToWork = async (workers: Connection[]) => {
    const said = workers.map((worker, index) => worker.gather('numbers', index + 1, (numbers) => numbers.join('+')));
    expect(await Promise.all(said)).to.deep.equal(['1+2', '1+2']);
  };

  for (const [what, bytesOf] of STRANGERS) {
    it(`meet and work while a stranger sends ${what}, and do not answer it`, async () => {
      const addresses = await freeAddresses(2);
      const chief = rendezvousByTFConfig({ addresses, index: 0 }, PATIENCE, ENVIRONMENT);
      const early = await stranger(addresses[0]!);
      const heard: Buffer[] = [];
      early.on('data', (bytes) => heard.push(bytes)).write(bytesOf(addresses));
      met = await Promise.all([chief, rendezvousByTFConfig({ addresses, index: 1 }, PATIENCE, ENVIRONMENT)]);
      await expectToWork(met);
      // A challenge, and nothing else.
      expect(Buffer.concat(heard).length).to.be.at.most(32);
    });
  }

  it('close connections that have not proven the secret once all workers are connected', async () => {
    const addresses = await freeAddresses(2);
    const chief = rendezvousByTFConfig({ addresses, index: 0 }, PATIENCE, ENVIRONMENT);
    const idle = await stranger(addresses[0]!);
    const closed = new Promise((done) => idle.resume().on('close', done));
    met = await Promise.all([chief, rendezvousByTFConfig({ addresses, index: 1 }, PATIENCE, ENVIRONMENT)]);
    await closed;
    expect(await rejection(stranger(addresses[0]!))).to.have.property('code', 'ECONNREFUSED');
  });

  it('accept a proof by the HMAC-SHA256 of role and challenges, and no replay of it', async () => {
    const addresses = await freeAddresses(2);
    const chief = rejection(
      rendezvousByTFConfig({ addresses, index: 0 }, { rendezvous: 1, heartbeat: 10, exchange: 10 }, ENVIRONMENT),
    );
    const prove = async (answerTo: (challenge: Buffer) => Buffer) => {
      const socket = await stranger(addresses[0]!);
      const own = Buffer.alloc(32, 7);
      const [challenge] = (await once(socket, 'data')) as [Buffer];
      const proof = createHmac('sha256', KEY).update('worker').update(answerTo(challenge)).update(own).digest();
      const answer = Promise.race([once(socket, 'data'), once(socket, 'close').then(() => [])]);
      socket.write(Buffer.concat([own, proof]));
      const [output] = (await answer) as [Buffer?];
      const expected = createHmac('sha256', KEY).update('chief').update(challenge).update(own).digest();
      return output?.equals(expected);
    };
    let first: Buffer = randomBytes(32);
    expect(await prove((challenge) => (first = challenge))).to.equal(true);
    expect(await prove(() => first)).to.equal(undefined);
    expect(String(await chief)).to.match(/Missing: worker 1 .* did not prove that it has the secret/);
  });

  it('close the connection of an authenticated worker that sends an invalid or an endless message', async () => {
    for (const sent of ['{"type":"hello","index":"1","addresses":[],"clock":0}\n', 'x'.repeat(5 * 2 ** 20)]) {
      const addresses = await freeAddresses(2);
      const chief = rejection(
        rendezvousByTFConfig({ addresses, index: 0 }, { rendezvous: 0.6, heartbeat: 10, exchange: 10 }, ENVIRONMENT),
      );
      const socket = await stranger(addresses[0]!);
      const [challenge] = (await once(socket, 'data')) as [Buffer];
      const own = randomBytes(32);
      const proof = createHmac('sha256', KEY).update('worker').update(challenge).update(own).digest();
      const closed = new Promise((done) => socket.resume().on('close', done));
      socket.write(Buffer.concat([own, proof, Buffer.from(sent)]));
      await closed;
      expect(String(await chief)).to.include('Missing: worker 1');
    }
  });

  it('do not join a chief that does not prove it', async () => {
    const addresses = await freeAddresses(2);
    const heard: Buffer[] = [];
    const impostor = createServer((socket) => {
      sockets.push(socket);
      socket.write(Buffer.alloc(64));
      socket.on('data', (bytes) => heard.push(bytes)).on('error', () => undefined);
    });
    await once(impostor.listen(Number(addresses[0]!.split(':')[1]), '127.0.0.1'), 'listening');
    const error = await rejection(
      rendezvousByTFConfig({ addresses, index: 1 }, { rendezvous: 0.5, heartbeat: 10, exchange: 10 }, ENVIRONMENT),
    );
    impostor.close();
    expect(String(error)).to.match(/did not prove that it has the secret/);
    // Challenges and proofs, of 32 bytes each; no message.
    expect(Buffer.concat(heard).length % 64).to.equal(0);
    expect(Buffer.concat(heard).includes('hello')).to.equal(false);
  });

  it('need one if they are not all on this machine', async () => {
    const addresses = ['192.0.2.1:2222', '192.0.2.2:2222'];
    const error = await rejection(rendezvousByTFConfig({ addresses, index: 0 }, PATIENCE, {}));
    expect(String(error)).to.include('need a secret');
    expect(error).to.have.property('hints').that.includes('Generate one: openssl rand -hex 32');
  });
});

describe('The secret of a cluster', () => {
  const folder = temporaryFolder();

  it('is read from the environment, or from a file that only the user can read', () => {
    const file = join(folder(), 'secret');
    writeFileSync(file, `${KEY}\n`, { mode: 0o600 });
    expect(secretFrom({})).to.equal(undefined);
    expect(secretFrom(ENVIRONMENT)).to.equal(KEY);
    expect(secretFrom({ EXPLAB_CLUSTER_SECRET_FILE: file })).to.equal(KEY);
    chmodSync(file, 0o640);
    expect(() => secretFrom({ EXPLAB_CLUSTER_SECRET_FILE: file })).to.throw('other users can access this file');
  });

  it('is refused if it is too short, empty or missing', () => {
    const file = join(folder(), 'secret');
    expect(() => secretFrom({ EXPLAB_CLUSTER_SECRET: 'short' })).to.throw('at least 16 characters, got 5');
    expect(() => secretFrom({ EXPLAB_CLUSTER_SECRET_FILE: file })).to.throw('no such file');
    writeFileSync(file, '\n', { mode: 0o600 });
    expect(() => secretFrom({ EXPLAB_CLUSTER_SECRET_FILE: file })).to.throw('at least 16 characters, got 0');
    expect(() => secretFrom({ EXPLAB_CLUSTER_SECRET_FILE: folder() })).to.throw('expected a file');
  });
});

describe('A message between workers', () => {
  it('has fields of the right types', () => {
    const hello = { type: 'hello', index: 1, addresses: ['a:1'], clock: 0 };
    expect(parseMessage(JSON.stringify(hello))).to.deep.equal(hello);
    const wrong: unknown[] = [
      { ...hello, index: '1' },
      { ...hello, index: 0.5 },
      { ...hello, index: null },
      { ...hello, addresses: undefined },
      { ...hello, addresses: [1] },
      { ...hello, clock: 'now' },
      { type: 'value' },
      { type: 'answer', name: 1 },
      { type: 'end', reason: {} },
      { type: 'constructor' },
      { type: '__proto__' },
      { type: null },
      {},
      [],
      null,
      1,
    ];
    for (const message of wrong)
      expect(parseMessage(JSON.stringify(message)), JSON.stringify(message)).to.equal(undefined);
    for (const text of ['', '{', 'GET / HTTP/1.1']) expect(parseMessage(text)).to.equal(undefined);
  });
});
