import type { ExchangeProgress } from '../tensorflow/distributed/mpi';
import { capitalized } from '../util/format';
import { type Cluster, workerName } from './cluster';
import type { Timeouts } from './connection';
import { commandName } from '../util/command-name';

/** Hint after a worker has failed. @param run name of its folder */
export function resumeHint(run: string): string {
  return `Resume it from its latest checkpoint, on any number of workers that divides a batch: ${commandName()} resume ${run}`;
}

/** Message for a worker whose connection was closed. */
export function connectionClosedMessage(cluster: Cluster, index: number): string {
  return `${capitalized(workerName(cluster, index))} has died: its connection was closed.`;
}

/** Message for a worker whose heartbeats have stopped. */
export function heartbeatTimeoutMessage(cluster: Cluster, index: number, { heartbeat }: Timeouts): string {
  return `No heartbeat from ${workerName(cluster, index)} for ${heartbeat} s: it is hung or unreachable.`;
}

/** Message for a worker that has failed. @param reason its error message */
export function workerFailedMessage(cluster: Cluster, index: number, reason: string): string {
  return `${capitalized(workerName(cluster, index))} has failed: ${reason}`;
}

/**
 * Message for a worker that is alive but keeps the others waiting in an exchange.
 * @param progress of each worker
 * @param isExcused whether a worker is allowed to keep the others waiting
 * @returns undefined if no worker is late
 */
export function exchangeTimeoutMessage(
  cluster: Cluster,
  progress: ReadonlyMap<number, ExchangeProgress>,
  { exchange }: Timeouts,
  isExcused: (index: number) => boolean,
): string | undefined {
  const latest = Math.max(...[...progress.values()].map(({ begun }) => begun));
  const isLate = [...progress.values()].some(({ begun, waiting }) => begun === latest && waiting > exchange);
  const [missing] = [...progress].find(([index, { begun }]) => begun < latest && !isExcused(index)) ?? [];
  if (!isLate || missing === undefined) return undefined;
  return `${capitalized(workerName(cluster, missing))} has not joined an exchange of gradients for ${exchange} s: it is hung.`;
}
