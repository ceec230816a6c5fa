import type { Cluster } from './cluster';
import type { Connection } from './connection';
import { rendezvousByMpi } from './mpi/rendezvous';
import { rendezvousByTFConfig } from './tf-config/rendezvous';

/** Connects the workers of a cluster. @throws UserError if a worker is missing or they cannot work together */
export function rendezvous(cluster: Cluster): Promise<Connection> {
  return cluster.mpi ? rendezvousByMpi(cluster, cluster.mpi) : rendezvousByTFConfig(cluster);
}
