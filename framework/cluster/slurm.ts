import { UserError } from '../errors';
import type { Cluster, Environment } from './cluster';
import { hostsIn, tasksPerNode } from './host-list';

/** The port of the first worker of a machine, as TensorFlow's SlurmClusterResolver chooses it; the next has the next port. */
const FIRST_PORT = 8888;

/**
 * Reads what `srun` tells each of its tasks, as TensorFlow's SlurmClusterResolver does: the tasks of a step are the workers, in order.
 * @throws UserError where the environment of a task is not whole
 */
export function clusterFromSlurm(environment: Environment): Cluster | undefined {
  const { SLURM_PROCID, SLURM_NTASKS, SLURM_STEP_NUM_TASKS = SLURM_NTASKS, SLURM_STEP_NODELIST } = environment;
  // Without these it is no task of a step: the batch script itself, say.
  if (SLURM_PROCID === undefined || SLURM_STEP_NUM_TASKS === undefined || SLURM_STEP_NODELIST === undefined)
    return undefined;
  const [index, count] = [Number(SLURM_PROCID), Number(SLURM_STEP_NUM_TASKS)];
  if (count <= 1) return undefined;
  const addresses = addressesOf(environment, hostsIn(SLURM_STEP_NODELIST), count);
  if (addresses.length === count && index >= 0 && index < count) return { addresses, index };
  throw new UserError(
    `Slurm's environment does not fit together: task ${SLURM_PROCID} of ${count} on ${SLURM_STEP_NODELIST}, ${addresses.length} by node.`,
  );
}

function addressesOf(environment: Environment, hosts: readonly string[], count: number): string[] {
  const told = environment['SLURM_STEP_TASKS_PER_NODE'] ?? environment['SLURM_TASKS_PER_NODE'];
  const even = hosts.map((_, index) => Math.floor(count / hosts.length) + (index < count % hosts.length ? 1 : 0));
  const tasks = told === undefined ? even : tasksPerNode(told);
  const first = firstPort(environment);
  return hosts.flatMap((host, node) =>
    Array.from({ length: tasks[node] ?? 0 }, (_, local) => `${host}:${first + local}`),
  );
}

/** Steps that share a machine must not share ports: `SLURM_STEP_RESV_PORTS` has them where the cluster is set up so. */
function firstPort({ SLURM_STEP_RESV_PORTS }: Environment): number {
  const [digits] = /^\d+/.exec(SLURM_STEP_RESV_PORTS ?? '') ?? [];
  return digits === undefined ? FIRST_PORT : Number(digits);
}
