import { UserError } from '../errors';
import type { Mpi } from './mpi/mpi';

/** The processes that train one run, and which of them this is. */
export interface Cluster {
  /** Machine of each worker, or `host:port` with TF_CONFIG. The first worker is the chief, which writes the run. */
  readonly addresses: readonly string[];
  /** The number of this worker, from 0. */
  readonly index: number;
  /** MPI, if its launcher started the workers; it carries their messages and numbers. */
  readonly mpi?: Mpi;
}

/** Environment variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

export function isChief({ index }: Cluster): boolean {
  return index === 0;
}

/** Rank of this worker among those of its machine, from 0, and their number. */
export function localRank({ addresses, index }: Cluster): { index: number; count: number } {
  const hosts = addresses.map((address) => address.replace(/:\d+$/, ''));
  const local = hosts.flatMap((host, other) => (host === hosts[index] ? [other] : []));
  return { index: local.indexOf(index), count: local.length };
}

/** Name of a worker in messages. */
export function workerName({ addresses }: Pick<Cluster, 'addresses'>, index: number): string {
  return nameOf(index, addresses[index] ?? 'an unknown machine');
}

/** Name of a worker on a given machine. */
export function nameOf(index: number, host: string): string {
  return `worker ${index}${index === 0 ? ', the chief,' : ''} on ${host}`;
}

/** @throws UserError if two workers have the same address */
export function checkDistinct({ addresses }: Cluster): void {
  const twice = addresses.find((address, index) => addresses.indexOf(address) !== index);
  if (twice === undefined) return;
  throw new UserError(`Two workers of the cluster have the address ${twice}.`, {
    hints: ['Give each worker its own host and port.'],
  });
}
