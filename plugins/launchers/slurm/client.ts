import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { UserError } from 'explab';

const MEGABYTE = 2 ** 20;

/** What a program of Slurm's said when it failed. */
export class SlurmError extends UserError {}

/** Slurm cannot be asked now; it may be later. */
export class SlurmUnreachable extends SlurmError {}

/**
 * Runs a program of Slurm's.
 * @param input what it reads on its standard input
 * @returns what it prints, and what it says beside that
 * @throws SlurmError with what it said, without the program's name before each line
 */
export async function slurm(
  program: string,
  args: readonly string[],
  input = '',
): Promise<{ stdout: string; stderr: string }> {
  const running = promisify(execFile)(program, args, { maxBuffer: 256 * MEGABYTE, timeout: 120_000 });
  running.child.stdin?.on('error', () => undefined).end(input);
  try {
    return await running;
  } catch (error) {
    throw failure(program, error as NodeJS.ErrnoException & { stderr?: string });
  }
}

function failure(
  program: string,
  { code, message, stderr = '' }: NodeJS.ErrnoException & { stderr?: string },
): SlurmError {
  if (code === 'ENOENT') {
    return new SlurmError(`Slurm is not installed here: there is no program ${program}.`, {
      hints: ['Start exp on a machine of the cluster, such as its login node, or without --launcher slurm.'],
    });
  }
  const said = stderrMessage(program, stderr) || message;
  if (!/unable to contact|connect failure|timed out|unable to process configuration|connection refused/i.test(said)) {
    return new SlurmError(said);
  }
  return new SlurmUnreachable(`Slurm does not answer: ${said.split('\n').at(-1) ?? ''}`, {
    hints: ['scontrol ping tells whether its controller is up; SLURM_CONF names another configuration.'],
  });
}

/** What a program says, without its name and the kind of message before it. */
function stderrMessage(program: string, text: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.replace(new RegExp(`^${program}: `), '').replace(/^(error|fatal): /, ''));
  return lines
    .map((line) => line.replace(/^allocation failure: /, '').trim())
    .filter(Boolean)
    .join('\n');
}
