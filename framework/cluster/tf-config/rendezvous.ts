import { type Server, type Socket, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError, messageOf } from '../../errors';
import { type Address, areOnLoopback, listeningAddress, parseAddress } from './address';
import { ChiefConnection } from '../chief-connection';
import { type Cluster, type Environment, isChief, workerName } from '../cluster';
import { type Connection, type Timeouts, timeoutsFrom } from '../connection';
import { proveSecret } from './handshake';
import { LineSocket } from './line-socket';
import { Reception } from './reception';
import { secretFrom, secretMissing } from './secret';
import { WorkerConnection } from '../worker-connection';

const RETRY_MILLISECONDS = 250;

/**
 * Brings the workers of a cluster together at the chief's address, where TensorFlow's server is to listen later: what was connected
 * stays so when nobody listens any more.
 * @throws UserError where a host is unknown, a port is in use, there is no secret, the clusters disagree, or somebody does not come
 */
export async function rendezvousByTFConfig(
  cluster: Cluster,
  patience: Timeouts = timeoutsFrom(process.env),
  environment: Environment = process.env,
): Promise<Connection> {
  const { addresses, index } = cluster;
  const secret = await secretOf(addresses, environment);
  const host = await listeningAddress(addresses, index);
  const server = await listen(cluster, { host, port: parseAddress(addresses[index] ?? '').port });
  if (isChief(cluster)) return receiveAll(new ChiefConnection(cluster, patience), server, secret);
  server.close();
  const socket = await reachChief(cluster, secret, patience);
  return new WorkerConnection(cluster, patience, (connection) => {
    return new LineSocket(
      socket,
      (message) => connection.onMessage(message),
      () => connection.lose(),
    );
  });
}

async function receiveAll(connection: ChiefConnection, server: Server, secret: string): Promise<Connection> {
  const reception = new Reception(connection, server, secret);
  try {
    await connection.meet(() => reception.hint);
  } catch (error) {
    connection.close();
    throw error;
  } finally {
    reception.close();
  }
  return connection;
}

/** On loopback alone, the secret may be empty: other users of the machine are then trusted. */
async function secretOf(addresses: readonly string[], environment: Environment): Promise<string> {
  const secret = secretFrom(environment);
  if (secret === undefined && !(await areOnLoopback(addresses))) throw secretMissing();
  return secret ?? '';
}

async function listen(cluster: Cluster, endpoint: { host: string | undefined; port: number }): Promise<Server> {
  const server = createServer();
  try {
    await new Promise<void>((done, fail) => server.once('error', fail).listen(endpoint, done));
    return server;
  } catch (error) {
    const what = `Port ${endpoint.port} of ${workerName(cluster, cluster.index)}`;
    throw new UserError(`${what} cannot be had: ${messageOf(error)}.`, {
      hints: ['Another program listens there, or another worker of this machine: give each a port of its own.'],
    });
  }
}

async function reachChief(cluster: Cluster, secret: string, { rendezvous: meeting }: Timeouts): Promise<Socket> {
  const address = parseAddress(cluster.addresses[0] ?? '');
  const until = performance.now() + meeting * 1000;
  for (;;) {
    try {
      const socket = await reached(address, until - performance.now());
      if (await proveSecret(socket, secret, 'worker')) return socket;
      throw new Error('it did not prove that it knows the secret');
    } catch (error) {
      if (performance.now() + RETRY_MILLISECONDS < until) await sleep(RETRY_MILLISECONDS);
      else throw absent(cluster, meeting, error);
    }
  }
}

function reached({ host, port }: Address, milliseconds: number): Promise<Socket> {
  return new Promise((done, fail) => {
    const socket = connect({ host, port, timeout: Math.max(1, milliseconds) });
    socket.once('timeout', () => socket.destroy(new Error('no answer')));
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.off('error', fail);
      done(socket);
    });
  });
}

function absent(cluster: Cluster, seconds: number, error: unknown): UserError {
  return new UserError(`${workerName(cluster, 0)} cannot be reached within ${seconds} s: ${messageOf(error)}.`, {
    hints: ['Is it started, with the same cluster and secret? Can its port be reached from this machine?'],
  });
}
