import { UserError } from '../errors';
import type { Mpi } from './mpi/mpi';

/** The processes that train one run together, and which of them this is. */
export interface Cluster {
  /** The machine of each worker; where TF_CONFIG names them, `host:port`. The first worker is the chief, which writes the run. */
  readonly addresses: readonly string[];
  /** The number of this worker, from 0. */
  readonly index: number;
  /** How they exchange messages and numbers, where MPI's launcher started them. */
  readonly mpi?: Mpi;
}

/** Variables of a process's environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

export function isChief({ index }: Cluster): boolean {
  return index === 0;
}

/** The number of this worker among those of its machine, from 0, and how many those are. */
export function localRank({ addresses, index }: Cluster): { index: number; count: number } {
  const hosts = addresses.map((address) => address.replace(/:\d+$/, ''));
  const beside = hosts.flatMap((host, other) => (host === hosts[index] ? [other] : []));
  return { index: beside.indexOf(index), count: beside.length };
}

/** A worker as it is called in messages. */
export function workerName({ addresses }: Pick<Cluster, 'addresses'>, index: number): string {
  return nameOf(index, addresses[index] ?? 'an unknown machine');
}

/** The same by its machine. */
export function nameOf(index: number, host: string): string {
  return `worker ${index}${index === 0 ? ', the chief,' : ''} on ${host}`;
}

/** @throws UserError where two workers have the same address */
export function checkDistinct({ addresses }: Cluster): void {
  const twice = addresses.find((address, index) => addresses.indexOf(address) !== index);
  if (twice === undefined) return;
  throw new UserError(`Two workers of the cluster have the address ${twice}.`, {
    hints: ['Give each worker a host and port of its own.'],
  });
}
