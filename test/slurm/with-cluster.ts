import { Cluster, type ClusterOptions } from './cluster';

/** Gives the tests of a `describe` a Slurm of their own, which the launcher finds. @returns it, while they run */
export function withCluster(options: ClusterOptions): () => Cluster {
  let cluster: Cluster | undefined;
  before(async () => {
    cluster = await Cluster.start(options);
    Object.assign(process.env, cluster.environment);
  });
  after(async () => {
    delete process.env['SLURM_CONF'];
    await cluster?.stop();
  });
  return () => {
    if (!cluster) throw new Error('there is no cluster before the tests begin');
    return cluster;
  };
}
