import type { Cluster } from './cluster';
import type { Connection } from './connection';
import { meetByMpi } from './mpi/rendezvous';
import { meetByTFConfig } from './tf-config/rendezvous';

/** Brings the workers of a cluster together. @throws UserError where one does not come, or they cannot work together */
export function meet(cluster: Cluster): Promise<Connection> {
  return cluster.mpi ? meetByMpi(cluster, cluster.mpi) : meetByTFConfig(cluster);
}
