import { existsSync, realpathSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { UserError } from '../../errors';
import { environmentVariable } from '../../util/environment-variable';
import type { Environment } from '../cluster';
import { type MpiInstallation, ensureMpich } from './mpich';

/** Lets Open MPI start more workers than cores, as any user, each on all cores; MPICH does so by default. */
export const OPEN_MPI_DEFAULTS = {
  OMPI_ALLOW_RUN_AS_ROOT: '1',
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1',
  PRTE_MCA_rmaps_default_mapping_policy: ':oversubscribe',
  PRTE_MCA_hwloc_default_binding_policy: 'none',
};

/** Variable with the path of the user's own MPI: its folder, or its library. */
const EXPLAB_MPI = 'EXPLAB_MPI';

/** File names of the library: first the standard binary interface, then MPICH and its derivatives, then Open MPI. */
const LIBRARIES = ['libmpi_abi.so.1', 'libmpi_abi.so', 'libmpi.so.12', 'libmpi.so.40', 'libmpi.so'];

/**
 * The MPI for workers: what EXPLAB_MPI names, else the one whose launcher started this process, else MPICH, which is installed
 * if necessary.
 * @throws UserError if EXPLAB_MPI names none or MPICH cannot be installed
 */
export function ensureMpi(environment: Environment = process.env): Promise<MpiInstallation> {
  const own = findOwnMpi(environment);
  return own ? Promise.resolve(own) : ensureMpich();
}

/** The user's own MPI: the one named by EXPLAB_MPI or that has started this process. @throws UserError if EXPLAB_MPI names none */
export function findOwnMpi(environment: Environment): MpiInstallation | undefined {
  const path = environmentVariable(EXPLAB_MPI, environment);
  if (path !== undefined) return mpiAt(path);
  // Only Open MPI's library understands its launcher.
  return environment['OMPI_COMM_WORLD_SIZE'] === undefined ? undefined : openMpiOnPath(environment);
}

/** The launcher of an MPI. @throws UserError if it has none */
export function mpiexecOf({ library, mpiexec }: MpiInstallation): string {
  if (mpiexec !== undefined) return mpiexec;
  throw new UserError(`No mpiexec found for the MPI library ${library}.`, {
    hints: [`Set ${EXPLAB_MPI} to an installation folder that has bin/mpiexec.`],
  });
}

/** @param path installation folder of MPI, or path of its library @throws UserError if there is no MPI */
export function mpiAt(path: string): MpiInstallation {
  if (!existsSync(path)) throw invalidPath(path, 'no such file or folder');
  if (statSync(path).isFile()) return { library: path, mpiexec: programIn(dirname(dirname(realpathSync(path)))) };
  const library = libraryIn(path);
  if (library === undefined)
    throw invalidPath(path, `no library ${LIBRARIES[0]} or ${LIBRARIES.at(-1)} in this folder`);
  return { library, mpiexec: programIn(path) };
}

function openMpiOnPath({ PATH = '' }: Environment): MpiInstallation {
  const folder = PATH.split(delimiter).find((each) => existsSync(join(each, 'ompi_info')));
  const prefix = folder === undefined ? undefined : dirname(realpathSync(folder));
  const library = prefix === undefined ? undefined : libraryIn(prefix);
  return { library: library ?? 'libmpi.so.40', mpiexec: prefix === undefined ? undefined : programIn(prefix) };
}

function libraryIn(folder: string): string | undefined {
  const folders = ['lib', 'lib64', 'lib/release', '.'].map((each) => join(folder, each));
  return LIBRARIES.flatMap((name) => folders.map((each) => join(each, name))).find((file) => existsSync(file));
}

function programIn(folder: string): string | undefined {
  return ['mpiexec', 'mpirun'].map((name) => join(folder, 'bin', name)).find((file) => existsSync(file));
}

function invalidPath(path: string, problem: string): UserError {
  return new UserError(`${EXPLAB_MPI}=${path}: ${problem}.`, {
    hints: ['Expected the installation folder of MPI or the path of libmpi.so.'],
  });
}
