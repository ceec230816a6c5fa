import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readlinkSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { nameOf } from '../../cluster/cluster';
import { resumeHint } from '../../cluster/failure-messages';
import { type Handoff, SUPERVISOR, readHandoff } from '../../cluster/handoff';
import { OPEN_MPI_DEFAULTS, ensureMpi, mpiexecOf } from '../../cluster/mpi/installation';
import type { MpiInstallation } from '../../cluster/mpi/mpich';
import { ExitCode, UserError } from '../../errors';
import { killGroup } from '../../install/child';
import { RunFolder } from '../../run/run-folder';
import { endRecord, readRecord } from '../../run/run-record';
import { shellWord } from '../../util/shell-word';
import { makeTemporaryFolder } from '../../util/temporary-folder';
import { capitalized } from '../../util/format';
import { EXP } from '../../util/own-package';
import { type Death, MpiexecOutput } from './mpiexec-output';
import { commandName } from '../../util/command-name';

/** Restricts MPICH to this machine, even in a Slurm allocation, and to shared memory, so that it does not listen on the network. */
const LOCAL_ENVIRONMENT = { HYDRA_LAUNCHER: 'fork', HYDRA_RMK: 'user', UCX_TLS: 'self,sm' };

/** Time for a worker to start, after which mpiexec is considered hung, in seconds. */
const START_TIMEOUT_SECONDS = 60;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const SIGNAL_NAMES = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

/**
 * Runs this command in several local workers: starts them with `mpiexec`, forwards signals, and records how the run ended if the
 * workers cannot.
 * @param args of `exp`, for each worker
 * @param startSeconds timeout for the first worker to start
 * @returns the exit code
 * @throws UserError if MPI is missing, no worker starts, or one was killed
 */
export async function supervise(
  count: number,
  args: readonly string[],
  startSeconds = START_TIMEOUT_SECONDS,
): Promise<number> {
  const mpi = await ensureMpi();
  const folder = makeTemporaryFolder('explab-workers-');
  try {
    const child = startWorkers(mpi, count, args, folder);
    const output = new MpiexecOutput();
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ] as const) {
      createInterface({ input: from }).on('line', (line) => output.read(line) || to.write(`${line}\n`));
    }
    const signals = new SignalForwarder(child);
    const start = new StartDeadline(child, folder, startSeconds);
    const [code] = (await once(child, 'close')) as [number | null];
    start.release();
    signals.release();
    if (start.isMissed) throw startTimeoutError(mpi, startSeconds);
    return conclude({ ...readHandoff(folder), death: output.death, wasForced: signals.wasForced(output.death) }, code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function startTimeoutError(mpi: MpiInstallation, seconds: number): UserError {
  return new UserError(`${mpiexecOf(mpi)} started no worker within ${seconds} s.`, {
    hints: [`Test the MPI installation: ${commandName()} doctor`],
  });
}

function startWorkers(
  mpi: MpiInstallation,
  count: number,
  args: readonly string[],
  folder: string,
): ChildProcessByStdio<Writable, Readable, Readable> {
  const worker = [...EXP, ...args];
  const argv = ['-n', '1', ...redirectToTerminal(worker), ':', '-n', String(count - 1), ...worker];
  return spawn(mpiexecOf(mpi), argv, {
    // Only this process receives Ctrl-C, and forwards it.
    detached: true,
    // Standard input of the chief stays open until this process exits.
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...OPEN_MPI_DEFAULTS, ...LOCAL_ENVIRONMENT, ...process.env, [SUPERVISOR]: folder },
  });
}

/** Redirects a command to this terminal, if any: through `mpiexec` it would see a pipe, and show no progress bars. */
function redirectToTerminal(command: readonly string[]): readonly string[] {
  const terminals = [process.stdout, process.stderr].filter(({ isTTY }) => isTTY);
  if (terminals.length === 0) return command;
  const redirections = terminals.map(({ fd }) => `${fd}>${shellWord(readlinkSync(`/proc/self/fd/${fd}`))}`);
  return ['sh', '-c', `exec "$@" ${redirections.join(' ')}`, 'sh', ...command];
}

/** Forwards signals to `mpiexec`, which forwards them to all workers; a second Ctrl-C ends them at once. */
class SignalForwarder {
  private interrupts = 0;

  constructor(private readonly child: ChildProcess) {
    for (const signal of SIGNALS) process.on(signal, this.forward);
  }

  /** True if the user ended the workers before they could save: by a second Ctrl-C, or by one before they could handle it. */
  wasForced(death: Death | undefined): boolean {
    return this.interrupts > 1 || (this.interrupts > 0 && death?.signal === constants.signals.SIGINT);
  }

  release(): void {
    for (const signal of SIGNALS) process.off(signal, this.forward);
  }

  private readonly forward = (signal: NodeJS.Signals): void => {
    if (signal === 'SIGINT') this.interrupts++;
    // mpiexec does not handle SIGHUP.
    this.child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
  };
}

/** Kills `mpiexec` and its children if no worker announces itself in time. */
class StartDeadline {
  isMissed = false;
  private readonly timer: NodeJS.Timeout;

  constructor({ pid }: ChildProcess, folder: string, seconds: number) {
    this.timer = setTimeout(() => {
      this.isMissed = readHandoff(folder).workers.size === 0;
      if (this.isMissed) killGroup(pid);
    }, seconds * 1000);
  }

  release(): void {
    clearTimeout(this.timer);
  }
}

/** Outcome of the workers. */
interface WorkersOutcome extends Handoff {
  readonly death: Death | undefined;
  readonly wasForced: boolean;
}

/** Records how the run ended, unless recorded already. @returns the exit code @throws UserError if a worker was killed */
function conclude({ run, workers, exitCode, death, wasForced }: WorkersOutcome, code: number | null): number {
  if (exitCode !== undefined) return exitCode;
  const error = death ? describeDeath(death, workers) : `The workers ended with exit code ${code ?? 'unknown'}.`;
  const outcome = wasForced ? ({ status: 'interrupted' } as const) : ({ status: 'failed', error } as const);
  const folder = run === undefined ? undefined : new RunFolder(run);
  if (folder && existsSync(folder.record) && readRecord(folder).status === 'running') {
    endRecord(folder, { ...outcome, endedAt: new Date().toISOString() });
  }
  if (wasForced) return ExitCode.interrupted;
  if (!death) return code ?? ExitCode.failed;
  throw new UserError(error, { hints: folder ? [resumeHint(folder.id)] : [] });
}

function describeDeath({ pid, host, signal }: Death, workers: Handoff['workers']): string {
  const index = workers.get(pid);
  const name = index === undefined ? `A worker on ${host}` : capitalized(nameOf(index, host));
  return `${name} was killed by signal ${signal} (${SIGNAL_NAMES.get(signal) ?? 'unknown'}).`;
}
