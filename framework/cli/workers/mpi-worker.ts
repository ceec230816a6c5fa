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

/** Milliseconds for the chief to say what went wrong, and to end all. */
const CHIEF_MILLISECONDS = 5000;
/** Milliseconds for the last messages to leave. */
const LAST_MESSAGES_MILLISECONDS = 2000;

/** Works as a worker that MPI's launcher has started, and leaves together with the others. It ends the process. */
export async function workAsMpiWorker(mpi: Mpi, work: () => Promise<void>): Promise<void> {
  announceWorker(mpi.rank);
  const isChief = mpi.rank === 0;
  if (isChief) stopWithSupervisor();
  else speakAs(`[worker ${mpi.rank}] `);
  process.once('SIGTERM', ignoreFurther);
  try {
    await work();
  } catch (error) {
    await fail(mpi, error);
  }
  await untilSent(mpi);
  mpi.finalize();
  const code = Number(process.exitCode ?? ExitCode.ok);
  if (isChief) announceExitCode(code);
  exitAtOnce(code);
}

/**
 * After SIGTERM, ignores any more until the process ends. A worker that has stopped waits for the chief, which may still save; if another
 * SIGTERM killed the worker then, the launcher would end the chief too.
 */
function ignoreFurther(signal: NodeJS.Signals): void {
  const isHandled = process.listenerCount(signal) > 0;
  process.on(signal, () => undefined);
  if (!isHandled) exitAtOnce(128 + constants.signals[signal]);
}

/** Says what went wrong, once for all workers, and ends them. */
async function fail(mpi: Mpi, error: unknown): Promise<never> {
  const debug = process.argv.includes('--debug');
  await untilSent(mpi);
  if (mpi.rank === 0) {
    const code = reportError(error, debug);
    announceExitCode(code);
    return end(mpi, code);
  }
  if (debug && !(error instanceof WorkerFailed)) reportError(error, debug);
  // The chief knows by now, and ends this process.
  await sleep(CHIEF_MILLISECONDS);
  return end(mpi, reportError(error, false));
}

function end(mpi: Mpi, code: number): never {
  // What went wrong has been said; MPI would add that it was aborted. The file gets the number that has become free.
  closeSync(process.stderr.fd);
  openSync('/dev/null', 'w');
  // It may not return.
  mpi.abort(code);
  return exitAtOnce(code);
}

/** MPI sends on only while it is called. */
async function untilSent(mpi: Mpi): Promise<void> {
  const until = performance.now() + LAST_MESSAGES_MILLISECONDS;
  while (mpi.isSending && performance.now() < until) await sleep(1);
}

/** All workers share a terminal: the chief speaks, and what another complains of stands behind its number. */
function speakAs(prefix: string): void {
  mute(process.stdout);
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = (text: string | Uint8Array) => write(String(text).replace(/^(?=.)/gm, prefix));
}

function mute(stream: NodeJS.WriteStream): void {
  stream.write = () => true;
}

/** Stops the run, as SIGTERM does, where the process that supervises the workers dies: it holds the other end of standard input. */
function stopWithSupervisor(): void {
  if (environmentVariable(SUPERVISOR) === undefined) return;
  const stop = () => {
    // Nobody reads any more, and mpiexec would end all at the next word.
    for (const stream of [process.stdout, process.stderr]) mute(stream);
    process.kill(process.pid, 'SIGTERM');
  };
  process.stdin.on('end', stop).resume();
  (process.stdin as unknown as { unref?: () => void }).unref?.();
}
