import { dirname, join } from 'node:path';
import { type EnsureOptions, ensure } from '../../install/ensure';
import { PackagesSource } from '../../install/packages';

/** An installed MPI. */
export interface MpiInstallation {
  /** Path of its library, or a name that the system's loader finds. */
  readonly library: string;
  /** Path of its launcher, if it has one. */
  readonly mpiexec: string | undefined;
}

const MPICH = new PackagesSource({
  title: 'MPICH',
  requirements: join(__dirname, 'requirements.txt'),
  download: '13 MB',
  space: 0.2e9,
  command: 'exp setup --workers',
  alternatives: ['Or use an existing MPI: EXPLAB_MPI=/path/to/mpi'],
});

/** MPICH in its own virtual environment; undefined if it is not installed. */
export function findMpich(): MpiInstallation | undefined {
  const python = MPICH.find();
  return python === undefined ? undefined : installationIn(dirname(dirname(python)));
}

/** Installs MPICH if necessary. @throws UserError with the cause of a failed installation */
export function ensureMpich(options?: EnsureOptions): Promise<MpiInstallation> {
  return ensure(MPICH, findMpich, options);
}

function installationIn(folder: string): MpiInstallation {
  return { library: join(folder, 'lib', 'libmpi_abi.so.1'), mpiexec: join(folder, 'bin', 'mpiexec') };
}
