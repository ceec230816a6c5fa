import { type Cluster, type Environment, checkDistinct } from './cluster';
import { launchedWorkers } from './mpi/launched';
import { joinByMpi } from './mpi/join';
import { clusterFromTFConfig } from './tf-config/tf-config';

/** Whether this process was started as one of several workers. @throws UserError if the environment is incomplete */
export function isWorker(environment: Environment): boolean {
  return tfConfig(environment) !== undefined || launchedWorkers(environment) !== undefined;
}

/**
 * The cluster that this process was started in: by `TF_CONFIG`, TensorFlow's convention, or else by MPI's launcher. MPI is initialized.
 * @returns undefined for a single process
 * @throws UserError if the environment is incomplete or MPI cannot be used
 */
export async function joinCluster(environment: Environment): Promise<Cluster | undefined> {
  const count = launchedWorkers(environment);
  return tfConfig(environment) ?? (count === undefined ? undefined : joinByMpi(count, environment));
}

function tfConfig(environment: Environment): Cluster | undefined {
  const cluster = clusterFromTFConfig(environment);
  if (cluster) checkDistinct(cluster);
  return cluster && cluster.addresses.length > 1 ? cluster : undefined;
}
