import { randomBytes } from 'node:crypto';
import { listeningAddress, parseAddress } from '../cluster/address';
import { type Connection, patienceFrom } from '../cluster/connection';
import type { Collective } from '../tensorflow/distributed/collective';
import { Ring } from '../tensorflow/distributed/ring';
import { RingCollective } from '../tensorflow/distributed/ring-collective';
import { startServer } from '../tensorflow/distributed/server';
import { ServerCollective } from '../tensorflow/distributed/server-collective';
import type { ClusterOptions, SessionOptions } from '../tensorflow/graph/session-config';
import { loadedTensorFlow } from '../tensorflow/load';

/** How a worker exchanges numbers with the others. */
export interface Exchange {
  readonly collective: Collective;
  /** How its sessions run. */
  readonly cluster: ClusterOptions;
}

/**
 * Connects a worker with the others: on CPUs by our own ring, where its operation could be compiled for all of them, else by
 * TensorFlow's servers. TensorFlow must be loaded.
 */
export async function startExchange(connection: Connection, gpu: boolean, options: SessionOptions): Promise<Exchange> {
  const { kernels } = loadedTensorFlow();
  const isRing = await connection.together('the exchange', kernels !== undefined, (all) => all.every(Boolean));
  return kernels !== undefined && isRing ? startRing(connection, kernels) : startServers(connection, gpu, options);
}

async function startRing(connection: Connection, kernels: string): Promise<Exchange> {
  const { addresses, index } = connection.cluster;
  const ring = new Ring(kernels);
  const port = ring.listen(await listeningAddress(addresses, index));
  const own = { host: parseAddress(addresses[index] ?? '').host, ...port };
  const newKey = randomBytes(8).readBigUInt64LE().toString();
  const { places, key } = await connection.together('the ring', own, (places) => ({ places, key: newKey }));
  await connection.during(ring.join(index, places, BigInt(key), patienceFrom(process.env).meeting));
  return { collective: new RingCollective(addresses.length, ring), cluster: { index } };
}

/** By TensorFlow's servers. */
export async function startServers(connection: Connection, gpu: boolean, options: SessionOptions): Promise<Exchange> {
  const { addresses, index } = connection.cluster;
  const target = startServer(connection.cluster, { ...options, cluster: { index, server: { target: '', gpu } } });
  await connection.together('servers', null, () => null);
  return { collective: new ServerCollective(addresses.length, gpu), cluster: { index, server: { target, gpu } } };
}
