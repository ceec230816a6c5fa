import { fstatSync } from 'node:fs';
import { UserError } from '../../errors';
import { shellWord } from '../../util/shell-word';
import type { Cluster, Environment } from '../cluster';
import { ensureMpi } from './installation';
import { Mpi } from './mpi';

/**
 * Initializes MPI in this process.
 * @param count number of workers that the launcher has started
 * @throws UserError if the library cannot be used or does not match the launcher
 */
export async function joinByMpi(count: number, environment: Environment): Promise<Cluster> {
  checkInherited(environment);
  const { library } = await ensureMpi(environment);
  const mpi = new Mpi(library);
  if (mpi.size === count) return { addresses: mpi.hosts, index: mpi.rank, mpi };
  throw new UserError(`A launcher started ${count} workers, but ${mpi.version} (${library}) sees ${mpi.size}.`, {
    hints: ["Use the launcher's own MPI: EXPLAB_MPI=/path/to/mpi", 'Under Slurm: srun --mpi=pmi2 exp run ...'],
  });
}

/** MPICH's launcher gives each worker an open socket, which wrapper programs may not pass on. */
function checkInherited({ PMI_FD }: Environment): void {
  if (PMI_FD === undefined || isSocket(Number(PMI_FD))) return;
  throw new UserError('This process cannot communicate with its launcher: it did not inherit the connection.', {
    hints: [`npx does not pass it on. Start exp directly: mpiexec -n 2 ${shellWord(process.argv[1] ?? 'exp')} run ...`],
  });
}

function isSocket(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isSocket();
  } catch {
    return false;
  }
}
