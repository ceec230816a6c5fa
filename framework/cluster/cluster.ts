import { UserError } from '../errors';
import { clusterFromSlurm } from './slurm';
import { clusterFromTFConfig } from './tf-config';

/** The processes that train one run together, and which of them this is. */
export interface Cluster {
  /** Where each worker listens, `host:port`. The first is the chief, which writes the run. */
  readonly addresses: readonly string[];
  /** The number of this worker, from 0. */
  readonly index: number;
}

/** Variables of a process's environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The cluster that this process is started in: by `TF_CONFIG`, TensorFlow's convention, or else by Slurm's `srun`.
 * @returns nothing for a process by itself
 * @throws UserError where what is there cannot be a cluster
 */
export function clusterFrom(environment: Environment): Cluster | undefined {
  const cluster = clusterFromTFConfig(environment) ?? clusterFromSlurm(environment);
  if (cluster) checkDistinct(cluster);
  return cluster && cluster.addresses.length > 1 ? cluster : undefined;
}

export function isChief({ index }: Cluster): boolean {
  return index === 0;
}

/** The number of this worker among those of its machine, from 0, and how many those are. */
export function placeOnMachine({ addresses, index }: Cluster): { index: number; count: number } {
  const hosts = addresses.map((address) => address.slice(0, address.lastIndexOf(':')));
  const beside = hosts.flatMap((host, other) => (host === hosts[index] ? [other] : []));
  return { index: beside.indexOf(index), count: beside.length };
}

/** A worker as it is called in messages. */
export function workerName({ addresses }: Pick<Cluster, 'addresses'>, index: number): string {
  return `worker ${index}${index === 0 ? ', the chief,' : ''} (${addresses[index] ?? 'unknown'})`;
}

function checkDistinct({ addresses }: Cluster): void {
  const twice = addresses.find((address, index) => addresses.indexOf(address) !== index);
  if (twice === undefined) return;
  throw new UserError(`Two workers of the cluster have the address ${twice}.`, {
    hints: ['Give each worker a host and port of its own.'],
  });
}
