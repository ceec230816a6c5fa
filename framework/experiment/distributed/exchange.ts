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

/** A worker's communication with the others. */
export interface Exchange {
  readonly collective: Collective;
  /** Session options of the worker. */
  readonly cluster: ClusterOptions;
}

/**
 * Connects a worker with the others: by MPI on CPUs, if an MPI launcher started them and the MPI operation is compiled on all of them;
 * otherwise by TensorFlow's servers. TensorFlow must be loaded.
 */
export async function startExchange(connection: Connection, gpu: boolean, options: SessionOptions): Promise<Exchange> {
  const { mpi, index } = connection.cluster;
  const { kernels } = loadedTensorFlow();
  const canUseMpi = await connection.gather('the exchange', mpi && kernels !== undefined, (all) => all.every(Boolean));
  if (!mpi || kernels === undefined || !canUseMpi) return startServers(connection, gpu, options);
  const native = new NativeMpi(kernels, mpi.handles);
  connection.progress = () => native.progress;
  return { collective: new MpiCollective(native), cluster: { index } };
}

/** Connects a worker with the others by TensorFlow's servers. */
export async function startServers(connection: Connection, gpu: boolean, options: SessionOptions): Promise<Exchange> {
  const { index } = connection.cluster;
  const addresses = await serverAddresses(connection);
  const target = startServer({ addresses, index }, { ...options, cluster: { index, server: { target: '', gpu } } });
  await connection.gather('servers', null, () => null);
  return { collective: new ServerCollective(addresses.length, gpu), cluster: { index, server: { target, gpu } } };
}

/** Address of each worker's server: from TF_CONFIG, or with a free port. */
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
