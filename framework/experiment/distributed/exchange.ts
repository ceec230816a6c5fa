import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { Connection } from '../../cluster/connection';
import type { Collective } from '../../tensorflow/distributed/collective';
import { NativeMpi } from '../../tensorflow/distributed/mpi';
import { MpiCollective } from '../../tensorflow/distributed/mpi-collective';
import { startServer } from '../../tensorflow/distributed/server';
import { ServerCollective } from '../../tensorflow/distributed/server-collective';
import type { ClusterOptions, SessionOptions } from '../../tensorflow/graph/session-config';
import { loadedTensorFlow } from '../../tensorflow/load';

/** How a worker exchanges numbers with the others. */
export interface Exchange {
  readonly collective: Collective;
  /** How its sessions run. */
  readonly cluster: ClusterOptions;
}

/**
 * Connects a worker with the others: on CPUs by MPI, where its launcher started them and its operation could be compiled for all of
 * them; else by TensorFlow's servers. TensorFlow must be loaded.
 */
export async function startExchange(connection: Connection, gpu: boolean, options: SessionOptions): Promise<Exchange> {
  const { mpi, index } = connection.cluster;
  const { kernels } = loadedTensorFlow();
  const isByMpi = await connection.gather('the exchange', mpi && kernels !== undefined, (all) => all.every(Boolean));
  if (!mpi || kernels === undefined || !isByMpi) return startServers(connection, gpu, options);
  const native = new NativeMpi(kernels, mpi.handles);
  connection.progress = () => native.progress;
  return { collective: new MpiCollective(native), cluster: { index } };
}

/** By TensorFlow's servers. */
export async function startServers(connection: Connection, gpu: boolean, options: SessionOptions): Promise<Exchange> {
  const { index } = connection.cluster;
  const addresses = await serverAddresses(connection);
  const target = startServer({ addresses, index }, { ...options, cluster: { index, server: { target: '', gpu } } });
  await connection.gather('servers', null, () => null);
  return { collective: new ServerCollective(addresses.length, gpu), cluster: { index, server: { target, gpu } } };
}

/** Where each worker's server listens: as TF_CONFIG says, or at a free port. */
async function serverAddresses(connection: Connection): Promise<readonly string[]> {
  const { addresses, index, mpi } = connection.cluster;
  if (!mpi) return addresses;
  return connection.gather('addresses', `${addresses[index] ?? ''}:${await freePort()}`, (all) => all);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
