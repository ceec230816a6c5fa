import { join } from 'node:path';
import { UserError } from '../../errors';
import { run, tellingLines } from '../../install/child';
import { type Finding, look, missing, optional } from '../../tensorflow/install/doctor/finding';
import { findMpich } from './mpich';
import { OPEN_MPI_DEFAULTS, findOwnMpi, mpiexecOf } from './installation';
import type { MpiInstallation } from './mpich';

const NAME = 'MPI';
const TYPESCRIPT = join(__dirname, '..', '..', 'typescript.js');
const LIMIT_SECONDS = 20;

/** Which MPI workers would use, tried by two processes. */
export async function checkMpi(): Promise<Finding> {
  const finding = await look(NAME, async () => {
    const mpi = findOwnMpi(process.env) ?? findMpich();
    return mpi ? trial(mpi) : '';
  });
  if (finding.state !== 'ok' || finding.found !== '') return finding;
  return optional(
    missing(NAME, 'not installed', 'exp run --workers installs it when it is first used, as does exp setup --workers'),
  );
}

/** Has two processes add up numbers. @returns what they used @throws UserError with what they said */
async function trial(mpi: MpiInstallation): Promise<string> {
  const script = join(__dirname, 'trial.ts');
  const args = ['-n', '2', process.execPath, '-r', TYPESCRIPT, script, mpi.library];
  const { code, stdout, output } = await run(mpiexecOf(mpi), args, {
    limitSeconds: LIMIT_SECONDS,
    environment: OPEN_MPI_DEFAULTS,
  });
  if (code === 0) return `${stdout.trim()} (${mpi.library})`;
  throw new UserError(`two processes cannot add up numbers by ${mpi.library}`, {
    hints: [
      ...tellingLines(output, 5),
      'Install it again: exp setup --workers --force',
      'Or use another: EXPLAB_MPI=/path/to/mpi',
    ],
  });
}
