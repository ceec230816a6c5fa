import type { ExchangeProgress } from '../tensorflow/distributed/mpi';
import { type Cluster, workerName } from './cluster';
import type { Timeouts } from './connection';

/** What to do after one has failed. @param run its folder's name */
export function resumeHint(run: string): string {
  return `Resume it from its latest checkpoint, on any number of workers that divides a batch: exp resume ${run}`;
}

/** What is said of a worker whose connection has ended. */
export function death(cluster: Cluster, index: number): string {
  return `${capitalized(workerName(cluster, index))} has died: its connection has ended.`;
}

/** What is said of a worker that sends nothing. */
export function silence(cluster: Cluster, index: number, { heartbeat: silence }: Timeouts): string {
  return `No heartbeat from ${workerName(cluster, index)} for ${silence} s: it is hung or unreachable.`;
}

/** What is said of a worker that failed. @param word what ended it */
export function failure(cluster: Cluster, index: number, word: string): string {
  return `${capitalized(workerName(cluster, index))} has failed: ${word}`;
}

/**
 * What is said of a worker that lives, and keeps others waiting in an exchange.
 * @param progress of each worker
 * @param isExcused whether a worker may keep the others waiting
 * @returns undefined if all have joined
 */
export function absence(
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

export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
