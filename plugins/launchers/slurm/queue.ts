import { setTimeout as sleep } from 'node:timers/promises';
import type { JobStatus } from 'explab';
import { SlurmUnreachable, slurm } from './client';

/** States of jobs that run no more and will not run. All others end some day. */
const TERMINAL_STATES =
  /^(BOOT_FAIL|CANCELLED|COMPLETED|DEADLINE|FAILED|NODE_FAIL|OUT_OF_MEMORY|PREEMPTED|REVOKED|TIMEOUT)$/;
/** States of jobs that have no machines. */
const WAITING = /^(PENDING|REQUEUED|REQUEUE_FED|REQUEUE_HOLD|SPECIAL_EXIT|RESV_DEL_HOLD)$/;

/** Questions that come within so many milliseconds are asked together. */
const MAX_JOBS_PER_QUERY = 50;
/** How long Slurm may be silent that has answered before: its controller may be restarted, or moved. */
const ACCOUNTING_GRACE_MINUTES = 10;

/** How jobs stand: the questions of many, asked together. */
export class Queue {
  private gathering: { handles: Set<string>; answer: Promise<ReadonlyMap<string, string>> } | undefined;
  private hasAnswered = false;

  /** @throws SlurmError where Slurm cannot be asked */
  async status(handle: string): Promise<JobStatus> {
    const { handles, answer } = (this.gathering ??= this.gather());
    handles.add(handle);
    return jobStatusOf((await answer).get(handle));
  }

  private gather() {
    const handles = new Set<string>();
    const answer = sleep(MAX_JOBS_PER_QUERY).then(() => {
      this.gathering = undefined;
      return this.ask([...handles]);
    });
    return { handles, answer };
  }

  private async ask(handles: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const giveUp = Date.now() + ACCOUNTING_GRACE_MINUTES * 60_000;
    for (;;) {
      try {
        const states = await statesOf(handles);
        this.hasAnswered = true;
        return states;
      } catch (error) {
        if (!(error instanceof SlurmUnreachable) || !this.hasAnswered || Date.now() > giveUp) throw error;
        await sleep(10_000);
      }
    }
  }
}

/** How a job stands by the word that Slurm has for it. @param state nothing where Slurm has forgotten the job */
export function jobStatusOf(state: string | undefined): JobStatus {
  if (state === undefined) return { state: 'ended' };
  if (TERMINAL_STATES.test(state)) return { state: 'ended', exitReason: state };
  return { state: WAITING.test(state) ? 'queued' : 'running' };
}

/** The states of jobs, as far as Slurm remembers them: for some minutes after their end, or for ever where it keeps accounts. */
async function statesOf(handles: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const ids = (missing: readonly string[]) =>
    [...new Set(missing.map((handle) => handle.split('_')[0] ?? ''))].join(',');
  const states = parseStates(await squeue(ids(handles)));
  const forgotten = handles.filter((handle) => !states.has(handle));
  const accounts = forgotten.length === 0 ? '' : await sacct(ids(forgotten));
  return new Map([...parseStates(accounts), ...states]);
}

/** Lines of `12|RUNNING` and `13_7|CANCELLED by 1000`, by the job. */
export function parseStates(text: string): Map<string, string> {
  const lines = text.split('\n').map((line) => line.trim().split('|'));
  return new Map(lines.flatMap(([job, state = '']) => (job ? [[job, state.split(' ')[0] ?? '']] : [])));
}

async function squeue(ids: string): Promise<string> {
  try {
    return (await slurm('squeue', ['--noheader', '--array', '--states=all', '--format=%i|%T', `--jobs=${ids}`])).stdout;
  } catch (error) {
    // So it says of a single job that it has forgotten; of several it passes over such.
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
    // Not every cluster keeps accounts.
    return '';
  }
}
