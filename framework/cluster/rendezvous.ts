import type { Cluster } from './cluster';
import type { Connection } from './connection';
import { rendezvousByMpi } from './mpi/rendezvous';
import { rendezvousByTFConfig } from './tf-config/rendezvous';

/** Brings the workers of a cluster together. @throws UserError where one does not come, or they cannot work together */
export function rendezvous(cluster: Cluster): Promise<Connection> {
  return cluster.mpi ? rendezvousByMpi(cluster, cluster.mpi) : rendezvousByTFConfig(cluster);
}
