import { type Server, type Socket, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError, messageOf } from '../../errors';
import { type Address, areOnLoopback, listeningAddress, parseAddress } from './address';
import { ChiefConnection } from '../chief-connection';
import { type Cluster, type Environment, isChief, workerName } from '../cluster';
import { type Connection, type Timeouts, timeoutsFrom } from '../connection';
import { proveSecret } from './handshake';
import { LineSocket } from './line-socket';
import { WorkerAcceptor } from './worker-acceptor';
import { secretFrom, secretMissing } from './secret';
import { WorkerConnection } from '../worker-connection';

const RETRY_MILLISECONDS = 250;

/**
 * Connects the workers of a cluster at the chief's address, where TensorFlow's server will listen later: established connections
 * survive the end of listening.
 * @throws UserError if a host is unknown, a port is in use, the secret is missing, the clusters differ or a worker is missing
 */
export async function rendezvousByTFConfig(
  cluster: Cluster,
  timeouts: Timeouts = timeoutsFrom(process.env),
  environment: Environment = process.env,
): Promise<Connection> {
  const { addresses, index } = cluster;
  const secret = await requireSecret(addresses, environment);
  const host = await listeningAddress(addresses, index);
  const server = await listen(cluster, { host, port: parseAddress(addresses[index] ?? '').port });
  if (isChief(cluster)) return acceptWorkers(new ChiefConnection(cluster, timeouts), server, secret);
  server.close();
  const socket = await reachChief(cluster, secret, timeouts);
  return new WorkerConnection(cluster, timeouts, (connection) => {
    return new LineSocket(
      socket,
      (message) => connection.onMessage(message),
      () => connection.onClose(),
    );
  });
}

async function acceptWorkers(connection: ChiefConnection, server: Server, secret: string): Promise<Connection> {
  const acceptor = new WorkerAcceptor(connection, server, secret);
  try {
    await connection.waitForWorkers(() => acceptor.hint);
  } catch (error) {
    connection.close();
    throw error;
  } finally {
    acceptor.close();
  }
  return connection;
}

/** The secret; may be empty on loopback only, where other users of the machine are trusted. */
async function requireSecret(addresses: readonly string[], environment: Environment): Promise<string> {
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
    const port = `port ${endpoint.port} of ${workerName(cluster, cluster.index)}`;
    throw new UserError(`Cannot listen on ${port}: ${messageOf(error)}.`, {
      hints: ['Another program or another worker of this machine uses the port: give each worker its own.'],
    });
  }
}

async function reachChief(cluster: Cluster, secret: string, { rendezvous: seconds }: Timeouts): Promise<Socket> {
  const address = parseAddress(cluster.addresses[0] ?? '');
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    try {
      const socket = await connectTo(address, deadline - performance.now());
      if (await proveSecret(socket, secret, 'worker')) return socket;
      throw new Error('it did not prove that it has the secret');
    } catch (error) {
      if (performance.now() + RETRY_MILLISECONDS < deadline) await sleep(RETRY_MILLISECONDS);
      else throw chiefUnreachable(cluster, seconds, error);
    }
  }
}

function connectTo({ host, port }: Address, milliseconds: number): Promise<Socket> {
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

function chiefUnreachable(cluster: Cluster, seconds: number, error: unknown): UserError {
  return new UserError(`Could not reach ${workerName(cluster, 0)} within ${seconds} s: ${messageOf(error)}.`, {
    hints: [
      'Check that it is running with the same cluster and secret, and that its port is reachable from this machine.',
    ],
  });
}
