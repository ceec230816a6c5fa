import { setTimeout as sleep } from 'node:timers/promises';
import type { JobStatus } from 'explab';
import { SlurmUnreachable, slurm } from './client';

/** States of jobs that have ended for good. */
const TERMINAL_STATES =
  /^(BOOT_FAIL|CANCELLED|COMPLETED|DEADLINE|FAILED|NODE_FAIL|OUT_OF_MEMORY|PREEMPTED|REVOKED|TIMEOUT)$/;
/** States of jobs that have no nodes. */
const WAITING_STATES = /^(PENDING|REQUEUED|REQUEUE_FED|REQUEUE_HOLD|SPECIAL_EXIT|RESV_DEL_HOLD)$/;

/** Time window for batching status queries, in milliseconds. */
const BATCH_WINDOW_MS = 50;
/** How long to retry if Slurm stops answering: its controller may be restarting, or moving. */
const UNREACHABLE_TIMEOUT_MINUTES = 10;

/** Job status, with the queries of many jobs batched. */
export class Queue {
  private gathering: { handles: Set<string>; answer: Promise<ReadonlyMap<string, string>> } | undefined;
  private hasAnswered = false;

  /** @throws SlurmError if Slurm is unreachable */
  async status(handle: string): Promise<JobStatus> {
    const { handles, answer } = (this.gathering ??= this.gather());
    handles.add(handle);
    return jobStatusOf((await answer).get(handle));
  }

  private gather() {
    const handles = new Set<string>();
    const answer = sleep(BATCH_WINDOW_MS).then(() => {
      this.gathering = undefined;
      return this.query([...handles]);
    });
    return { handles, answer };
  }

  private async query(handles: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const deadline = Date.now() + UNREACHABLE_TIMEOUT_MINUTES * 60_000;
    for (;;) {
      try {
        const states = await statesOf(handles);
        this.hasAnswered = true;
        return states;
      } catch (error) {
        if (!(error instanceof SlurmUnreachable) || !this.hasAnswered || Date.now() > deadline) throw error;
        await sleep(10_000);
      }
    }
  }
}

/** Job status for a Slurm state. @param state undefined if Slurm no longer knows the job */
export function jobStatusOf(state: string | undefined): JobStatus {
  if (state === undefined) return { state: 'ended' };
  if (TERMINAL_STATES.test(state)) return { state: 'ended', exitReason: state };
  return { state: WAITING_STATES.test(state) ? 'queued' : 'running' };
}

/** States of the jobs that Slurm still knows: for some minutes after their end, or for ever with accounting. */
async function statesOf(handles: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const ids = (missing: readonly string[]) =>
    [...new Set(missing.map((handle) => handle.split('_')[0] ?? ''))].join(',');
  const states = parseStates(await squeue(ids(handles)));
  const forgotten = handles.filter((handle) => !states.has(handle));
  const accounts = forgotten.length === 0 ? '' : await sacct(ids(forgotten));
  return new Map([...parseStates(accounts), ...states]);
}

/** Parses lines such as `12|RUNNING` and `13_7|CANCELLED by 1000`. @returns states by job */
export function parseStates(text: string): Map<string, string> {
  const lines = text.split('\n').map((line) => line.trim().split('|'));
  return new Map(lines.flatMap(([job, state = '']) => (job ? [[job, state.split(' ')[0] ?? '']] : [])));
}

async function squeue(ids: string): Promise<string> {
  try {
    return (await slurm('squeue', ['--noheader', '--array', '--states=all', '--format=%i|%T', `--jobs=${ids}`])).stdout;
  } catch (error) {
    // squeue reports an error for a single unknown job, and skips unknown ones among several.
    if (/invalid job id/i.test((error as Error).message)) return '';
    throw error;
  }
}

async function sacct(ids: string): Promise<string> {
  try {
    return (
      await slurm('sacct', ['--noheader', '--allocations', '--parsable2', '--format=JobID,State', `--jobs=${ids}`])
    ).stdout;
  } catch {
    // Not every cluster has accounting.
    return '';
  }
}
