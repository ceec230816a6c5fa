import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { UserError } from 'explab';

const MEGABYTE = 2 ** 20;

/** Error reported by a Slurm program. */
export class SlurmError extends UserError {}

/** Slurm is temporarily unreachable. */
export class SlurmUnreachable extends SlurmError {}

/**
 * Runs a Slurm program.
 * @param input standard input
 * @returns standard output and error
 * @throws SlurmError with its standard error, without the program's name on each line
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
    return new SlurmError(`Slurm is not installed here: program ${program} not found.`, {
      hints: ['Start exp on a machine of the cluster, such as its login node, or without --launcher slurm.'],
    });
  }
  const stderrText = stderrMessage(program, stderr) || message;
  if (
    !/unable to contact|connect failure|timed out|unable to process configuration|connection refused/i.test(stderrText)
  ) {
    return new SlurmError(stderrText);
  }
  return new SlurmUnreachable(`Slurm does not answer: ${stderrText.split('\n').at(-1) ?? ''}`, {
    hints: ['scontrol ping checks its controller; SLURM_CONF selects another configuration.'],
  });
}

/** Standard error without the program's name and the severity on each line. */
function stderrMessage(program: string, text: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.replace(new RegExp(`^${program}: `), '').replace(/^(error|fatal): /, ''));
  return lines
    .map((line) => line.replace(/^allocation failure: /, '').trim())
    .filter(Boolean)
    .join('\n');
}
