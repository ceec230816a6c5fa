import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { OPEN_MPI_DEFAULTS } from '../../framework/cluster/mpi/installation';
import type { MpiInstallation } from '../../framework/cluster/mpi/mpich';
import { REGISTER } from './typescript';

/** What a worker of `mpi-worker.ts` prints. */
export interface Printed {
  readonly index: number;
  readonly version: string;
  readonly hosts: readonly string[];
  readonly result: unknown;
}

/** Runs `mpi-worker.ts` by several workers. @returns what each prints, in their order */
export async function runWorkers(
  { library, mpiexec = 'mpiexec' }: MpiInstallation,
  count: number,
  work: string,
): Promise<Printed[]> {
  const script = join(__dirname, 'mpi-worker.ts');
  const args = ['-n', String(count), process.execPath, '-r', REGISTER, script, work];
  const env = { ...process.env, ...OPEN_MPI_DEFAULTS, EXPLAB_MPI: library };
  // A launcher may exit with another code than 0 when a worker ends all; what counts is what they print.
  const { stdout } = await promisify(execFile)(mpiexec, args, { env }).catch(
    (error: unknown) => error as { stdout: string },
  );
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line) as Printed).sort((a, b) => a.index - b.index);
}
