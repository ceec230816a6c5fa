import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkerFailed } from '../../cluster/connection';
import { SUPERVISOR, announceExitCode, announceWorker } from '../../cluster/handoff';
import type { Mpi } from '../../cluster/mpi/mpi';
import { ExitCode } from '../../errors';
import { exitAtOnce } from '../../tensorflow/distributed/exit';
import { environmentVariable } from '../../util/environment-variable';
import { reportError } from '../output/report-error';

/** Time for the chief to report an error and abort all workers, in ms. */
const ABORT_TIMEOUT_MS = 5000;
/** Time to send the last messages, in ms. */
const FLUSH_TIMEOUT_MS = 2000;

/** Runs a worker started by MPI's launcher, and exits the process when all workers are finished. */
export async function workAsMpiWorker(mpi: Mpi, work: () => Promise<void>): Promise<void> {
  announceWorker(mpi.rank);
  const isChief = mpi.rank === 0;
  if (isChief) stopIfSupervisorDies();
  else prefixErrors(`[worker ${mpi.rank}] `);
  process.once('SIGTERM', ignoreFurtherSignals);
  try {
    await work();
  } catch (error) {
    await abortWithError(mpi, error);
  }
  await flushMessages(mpi);
  mpi.finalize();
  const code = Number(process.exitCode ?? ExitCode.ok);
  if (isChief) announceExitCode(code);
  exitAtOnce(code);
}

/**
 * Ignores further SIGTERMs until the process exits. A stopped worker waits for the chief, which may still be saving; if another
 * SIGTERM killed the worker, the launcher would end the chief too.
 */
function ignoreFurtherSignals(signal: NodeJS.Signals): void {
  const isHandled = process.listenerCount(signal) > 0;
  process.on(signal, () => undefined);
  if (!isHandled) exitAtOnce(128 + constants.signals[signal]);
}

/** Reports an error, once for all workers, and aborts them. */
async function abortWithError(mpi: Mpi, error: unknown): Promise<never> {
  const debug = process.argv.includes('--debug');
  await flushMessages(mpi);
  if (mpi.rank === 0) {
    const code = reportError(error, debug);
    announceExitCode(code);
    return abort(mpi, code);
  }
  if (debug && !(error instanceof WorkerFailed)) reportError(error, debug);
  // The chief has been notified, and aborts this process.
  await sleep(ABORT_TIMEOUT_MS);
  return abort(mpi, reportError(error, false));
}

function abort(mpi: Mpi, code: number): never {
  // Suppresses MPI's own message about the abort: the opened file takes over the descriptor that was closed.
  closeSync(process.stderr.fd);
  openSync('/dev/null', 'w');
  // Does not return in all implementations.
  mpi.abort(code);
  return exitAtOnce(code);
}

/** Waits until messages are sent: MPI makes progress only while it is called. */
async function flushMessages(mpi: Mpi): Promise<void> {
  const deadline = performance.now() + FLUSH_TIMEOUT_MS;
  while (mpi.isSending && performance.now() < deadline) await sleep(1);
}

/** Mutes standard output and prefixes errors with the worker's number, because all workers share a terminal. */
function prefixErrors(prefix: string): void {
  mute(process.stdout);
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = (text: string | Uint8Array) => write(String(text).replace(/^(?=.)/gm, prefix));
}

function mute(stream: NodeJS.WriteStream): void {
  stream.write = () => true;
}

/** Stops the run, as SIGTERM does, if the supervising process dies, which holds the other end of standard input. */
function stopIfSupervisorDies(): void {
  if (environmentVariable(SUPERVISOR) === undefined) return;
  const stop = () => {
    // Output has no reader any more, and mpiexec would abort all workers at the next write.
    for (const stream of [process.stdout, process.stderr]) mute(stream);
    process.kill(process.pid, 'SIGTERM');
  };
  process.stdin.on('end', stop).resume();
  (process.stdin as unknown as { unref?: () => void }).unref?.();
}
