import { dirname, join } from 'node:path';
import { type EnsureOptions, ensure } from '../../install/ensure';
import { PackagesSource } from '../../install/packages';

/** An MPI that is installed. */
export interface MpiInstallation {
  /** Path of its library, or the name by which the system finds it. */
  readonly library: string;
  /** Its launcher, where it has one. */
  readonly mpiexec: string | undefined;
}

const MPICH = new PackagesSource({
  title: 'MPICH',
  requirements: join(__dirname, 'requirements.txt'),
  download: '13 MB',
  space: 0.2e9,
  command: 'exp setup --workers',
  alternatives: ['Or name an MPI that is there already: EXPLAB_MPI=/path/to/mpi'],
});

/** MPICH in an environment of its own, where it is installed. */
export function findMpich(): MpiInstallation | undefined {
  const python = MPICH.find();
  return python === undefined ? undefined : installationIn(dirname(dirname(python)));
}

/** Makes sure that MPICH is installed. @throws UserError saying what stood in the way */
export function ensureMpich(options?: EnsureOptions): Promise<MpiInstallation> {
  return ensure(MPICH, findMpich, options);
}

function installationIn(folder: string): MpiInstallation {
  return { library: join(folder, 'lib', 'libmpi_abi.so.1'), mpiexec: join(folder, 'bin', 'mpiexec') };
}
