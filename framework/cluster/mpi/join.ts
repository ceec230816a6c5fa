import { fstatSync } from 'node:fs';
import { UserError } from '../../errors';
import { shellWord } from '../../util/shell-word';
import type { Cluster, Environment } from '../cluster';
import { ensureMpi } from './installation';
import { Mpi } from './mpi';

/**
 * Initializes MPI in this process.
 * @param count how many workers the launcher has started
 * @throws UserError where the library cannot be used, or is not the launcher's
 */
export async function joinByMpi(count: number, environment: Environment): Promise<Cluster> {
  checkInherited(environment);
  const { library } = await ensureMpi(environment);
  const mpi = new Mpi(library);
  if (mpi.size === count) return { addresses: mpi.hosts, index: mpi.rank, mpi };
  throw new UserError(`A launcher started ${count} workers, but ${mpi.version} (${library}) knows ${mpi.size}.`, {
    hints: ["Name the launcher's own MPI: EXPLAB_MPI=/path/to/mpi", 'Under Slurm: srun --mpi=pmi2 exp run ...'],
  });
}

/** MPICH's launcher gives each worker an open socket, which not every program passes on that starts another. */
function checkInherited({ PMI_FD }: Environment): void {
  if (PMI_FD === undefined || isSocket(Number(PMI_FD))) return;
  throw new UserError('This process cannot talk to the launcher that started it: it did not inherit its connection.', {
    hints: [`npx does not pass it on. Start exp itself: mpiexec -n 2 ${shellWord(process.argv[1] ?? 'exp')} run ...`],
  });
}

function isSocket(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isSocket();
  } catch {
    return false;
  }
}
