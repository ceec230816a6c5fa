import { join } from 'node:path';
import { UserError } from '../../errors';
import { run, relevantLines } from '../../install/child';
import { type Finding, look, missing, optional } from '../../tensorflow/install/doctor/finding';
import { findMpich } from './mpich';
import { OPEN_MPI_DEFAULTS, findOwnMpi, mpiexecOf } from './installation';
import type { MpiInstallation } from './mpich';
import { commandName } from '../../util/command-name';

const NAME = 'MPI';
const TYPESCRIPT = join(__dirname, '..', '..', 'typescript.js');
const TIMEOUT_SECONDS = 20;

/** Checks the MPI that workers would use, with two processes. */
export async function checkMpi(): Promise<Finding> {
  const finding = await look(NAME, async () => {
    const mpi = findOwnMpi(process.env) ?? findMpich();
    return mpi ? testAllReduce(mpi) : '';
  });
  if (finding.state !== 'ok' || finding.found !== '') return finding;
  return optional(
    missing(
      NAME,
      'not installed',
      `Installed on first use by ${commandName()} run --workers, or by ${commandName()} setup --workers`,
    ),
  );
}

/** Runs an all-reduce with two processes. @returns the MPI that they used @throws UserError with their output */
async function testAllReduce(mpi: MpiInstallation): Promise<string> {
  const script = require.resolve('./trial');
  const args = ['-n', '2', process.execPath, '-r', TYPESCRIPT, script, mpi.library];
  const { code, stdout, output } = await run(mpiexecOf(mpi), args, {
    limitSeconds: TIMEOUT_SECONDS,
    environment: OPEN_MPI_DEFAULTS,
  });
  if (code === 0) return `${stdout.trim()} (${mpi.library})`;
  throw new UserError(`an all-reduce of two processes failed with ${mpi.library}`, {
    hints: [
      ...relevantLines(output, 5),
      `Reinstall it: ${commandName()} setup --workers --force`,
      'Or use another: EXPLAB_MPI=/path/to/mpi',
    ],
  });
}
