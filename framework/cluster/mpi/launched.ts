import { UserError } from '../../errors';
import type { Environment } from '../cluster';

/**
 * Number of workers that MPI's launcher has started, from the variables that launchers set: MPICH, Intel MPI and `srun --mpi=pmi2`
 * PMI_SIZE, Open MPI OMPI_COMM_WORLD_SIZE, `srun --mpi=pmix` PMIX_RANK.
 * @returns undefined for a single process
 * @throws UserError if `srun` started several without MPI
 */
export function launchedWorkers(environment: Environment): number | undefined {
  const { PMI_SIZE, OMPI_COMM_WORLD_SIZE, PMIX_RANK } = environment;
  const tasks = slurmTasks(environment);
  const size = PMI_SIZE ?? OMPI_COMM_WORLD_SIZE ?? (PMIX_RANK === undefined ? undefined : tasks);
  if (size === undefined && tasks !== undefined && Number(tasks) > 1) {
    throw new UserError(`srun started ${tasks} tasks without MPI, so they cannot train together.`, {
      hints: [
        'Start them with MPI: srun --mpi=pmi2 exp run ...',
        'List the types of MPI that this cluster supports: srun --mpi=list',
      ],
    });
  }
  const count = Number(size ?? 1);
  return count > 1 ? count : undefined;
}

/** Number of tasks of this Slurm step; undefined outside a step, such as in a batch script. */
function slurmTasks({ SLURM_PROCID, SLURM_NTASKS, SLURM_STEP_NUM_TASKS, SLURM_STEP_NODELIST }: Environment) {
  if (SLURM_PROCID === undefined || SLURM_STEP_NODELIST === undefined) return undefined;
  return SLURM_STEP_NUM_TASKS ?? SLURM_NTASKS;
}
