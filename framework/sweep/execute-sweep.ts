import { join } from 'node:path';
import { UserError } from '../errors';
import { prepareLauncher } from '../experiment/launching/choose-launcher';
import type { Suggestion } from '../kinds/searcher';
import { withLock } from '../util/lock';
import { checkFolderWritable } from '../util/writable';
import { changeObjective } from './change-objective';
import { Execution, type SweepOutcome } from './execution';
import type { Objective } from './objective';
import { readPlan, writePlan } from './plan';
import { type SweepContext, Sweep, type SweepRequest } from './sweep';
import { SweepFolder } from './sweep-folder';
import { readSweepRecord, updateObjective, writeSweepRecord } from './sweep-record';

/** What a sweep would do. */
export interface SweepPlan {
  readonly total: number;
  /** How many jobs run at once. */
  readonly concurrency: number;
  /** The words after `exp`, with what is swept as it was typed. */
  readonly command: readonly string[];
  /** The jobs that are known before any has ended, each with the words after `exp`. */
  readonly jobs: readonly { readonly number: number; readonly command: readonly string[] }[];
  /** What would be handed to the launcher, where it has a text of that. */
  readonly script?: string;
}

/**
 * Plans a sweep and checks it; nothing is started or made.
 * @throws UserError where any job's settings are wrong
 */
export async function planSweep(surroundings: SweepContext, request: SweepRequest): Promise<SweepPlan> {
  const sweep = new Sweep(surroundings, request);
  const plan = await sweep.suggestions();
  sweep.check(plan);
  const commandOf = (suggestion: Suggestion) => ['run', request.experiment, ...sweep.settingsOf(suggestion)];
  const jobs = plan.map((suggestion, number) => ({ number, command: commandOf(suggestion) }));
  const script = describeBatch(sweep, surroundings, jobs);
  const { jobs: concurrency } = sweep.assembly.settings;
  return {
    total: sweep.total,
    concurrency: concurrency,
    command: commandOf({}),
    jobs,
    ...(script !== undefined && { script }),
  };
}

function describeBatch(sweep: Sweep, { runs, exp }: SweepContext, jobs: SweepPlan['jobs']): string | undefined {
  const { launcher, jobs: atOnce } = sweep.assembly.settings;
  const folder = new SweepFolder(join(runs, 'sweeps', 'ID'));
  const files = (number: number) => ({
    stdout: join(folder.job(number), 'output.jsonl'),
    stderr: join(folder.job(number), 'log.txt'),
    folder: folder.job(number),
  });
  const described = jobs.map(({ number, command: [run = '', experiment = '', ...settings] }) => ({
    ...files(number),
    name: `ID-${number}`,
    command: [...exp, run, experiment, '--id', `ID-job${number}`, '--submitted', ...settings, '--json'],
    resume: [...exp, 'resume', join(runs, experiment, `ID-job${number}`), '--json'],
    checkpoints: join(runs, experiment, `ID-job${number}`, 'checkpoints'),
    environment: { EXPLAB_RUNS: runs },
  }));
  return launcher.describe({ name: 'ID', jobs: described, atOnce, folder: folder.path });
}

/**
 * Runs a sweep from the beginning.
 * @throws UserError where any job's settings are wrong or the folder of all runs cannot be written, before anything is made
 */
export async function startSweep(surroundings: SweepContext, request: SweepRequest): Promise<SweepOutcome> {
  const sweep = new Sweep(surroundings, request);
  const plan = await sweep.suggestions();
  sweep.check(plan);
  checkFolderWritable(surroundings.runs);
  await prepareLauncher(sweep.assembly.settings.launcher);
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
 * @param changes what is to tell from now on how good a job is
 * @throws UserError where the sweep is running, its folder cannot be written, its settings no longer fit, or its searcher cannot take another objective
 */
export function resumeSweep(
  surroundings: SweepContext,
  folder: SweepFolder,
  retry: boolean,
  changes: Partial<Objective> = {},
): Promise<SweepOutcome> {
  const record = readSweepRecord(folder);
  for (const path of [folder.path, surroundings.runs]) checkFolderWritable(path);
  const { isAdaptive } = new Sweep(surroundings, record).assembly.settings.searcher;
  const objective = changeObjective(folder, changes, isAdaptive);
  const sweep = new Sweep(surroundings, { ...record, objective });
  sweep.check(readPlan(folder));
  return execute(sweep, surroundings, folder, retry);
}

/** Runs what is left of a sweep, unless another process is at it. */
async function execute(
  sweep: Sweep,
  surroundings: SweepContext,
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
      updateObjective(folder, sweep.objective);
      return await new Execution(sweep, surroundings, folder).run(retry);
    } finally {
      await sweep.assembly.close();
    }
  });
}
