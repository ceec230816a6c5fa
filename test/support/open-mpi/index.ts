import { dirname, join } from 'node:path';
import { mpiAt } from '../../../framework/cluster/mpi/installation';
import type { MpiInstallation } from '../../../framework/cluster/mpi/mpich';
import { ensurePackages } from '../../../framework/install/packages';

const PACKAGES = {
  title: 'Open-MPI',
  requirements: join(__dirname, 'requirements.txt'),
  download: '7 MB',
  space: 0.2e9,
  command: 'npm run test:long',
  alternatives: [],
};

/** Open MPI, as a cluster may have it; installed once, in the cache. */
export async function openMpi(): Promise<MpiInstallation> {
  return mpiAt(dirname(dirname(await ensurePackages(PACKAGES))));
}
