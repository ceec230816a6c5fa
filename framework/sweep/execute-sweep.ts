import { UserError } from '../errors';
import type { Suggestion } from '../kinds/searcher';
import { withLock } from '../install/lock';
import { Execution, type SweepOutcome } from './execution';
import { readPlan, writePlan } from './plan';
import { Sweep, type Surroundings, type SweepRequest } from './sweep';
import { SweepFolder } from './sweep-folder';
import { readSweepRecord, writeSweepRecord } from './sweep-record';

/** What a sweep would do. */
export interface SweepPlan {
  readonly total: number;
  /** How many jobs run at once. */
  readonly places: number;
  /** The words after `exp`, with what is swept as it was typed. */
  readonly command: readonly string[];
  /** The jobs that are known before any has ended, each with the words after `exp`. */
  readonly jobs: readonly { readonly number: number; readonly command: readonly string[] }[];
}

/**
 * Plans a sweep and checks it; nothing is started or made.
 * @throws UserError where any job's settings are wrong
 */
export async function planSweep(surroundings: Surroundings, request: SweepRequest): Promise<SweepPlan> {
  const sweep = new Sweep(surroundings, request);
  const plan = await sweep.suggestions();
  sweep.check(plan);
  const commandOf = (suggestion: Suggestion) => ['run', request.experiment, ...sweep.settingsOf(suggestion)];
  const jobs = plan.map((suggestion, number) => ({ number, command: commandOf(suggestion) }));
  return { total: sweep.total, places: sweep.assembly.settings.jobs, command: commandOf({}), jobs };
}

/**
 * Runs a sweep from the beginning.
 * @throws UserError where any job's settings are wrong, before anything is made
 */
export async function startSweep(surroundings: Surroundings, request: SweepRequest): Promise<SweepOutcome> {
  const sweep = new Sweep(surroundings, request);
  const plan = await sweep.suggestions();
  sweep.check(plan);
  const folder = SweepFolder.create(surroundings.runs);
  writePlan(folder, plan);
  const { total, objective, swept } = sweep;
  writeSweepRecord(folder, { ...request, space: swept.space, total, objective });
  return execute(sweep, surroundings, folder, false);
}

/**
 * Goes on with a sweep: jobs that are done stay done, jobs that still run are waited for, and the others go on from their newest
 * checkpoint, or start again where there is none.
 * @param retry runs failed jobs again
 * @throws UserError where the sweep is running, or its settings no longer fit
 */
export function resumeSweep(surroundings: Surroundings, folder: SweepFolder, retry: boolean): Promise<SweepOutcome> {
  const sweep = new Sweep(surroundings, readSweepRecord(folder));
  sweep.check(readPlan(folder));
  return execute(sweep, surroundings, folder, retry);
}

/** Runs what is left of a sweep, unless another process is at it. */
async function execute(
  sweep: Sweep,
  surroundings: Surroundings,
  folder: SweepFolder,
  retry: boolean,
): Promise<SweepOutcome> {
  const refuse = (owner: string): never => {
    throw new UserError(`The sweep ${folder.id} is being run by ${owner}.`, {
      hints: [`See how it goes: exp sweep show ${folder.id}`],
    });
  };
  return withLock(folder.lock, new AbortController().signal, refuse, async () => {
    try {
      return await new Execution(sweep, surroundings, folder).run(retry);
    } finally {
      await sweep.assembly.close();
    }
  });
}
