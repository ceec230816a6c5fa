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
import { commandName } from '../util/command-name';

/** Dry run of a sweep. */
export interface SweepPlan {
  readonly total: number;
  /** Maximum number of concurrent jobs. */
  readonly concurrency: number;
  /** Arguments after `exp`, with swept settings as typed. */
  readonly command: readonly string[];
  /** Jobs that are known before any has ended, each with the arguments after `exp`. */
  readonly jobs: readonly { readonly number: number; readonly command: readonly string[] }[];
  /** Description of the submission, if the launcher has one. */
  readonly script?: string;
}

/**
 * Plans and checks a sweep; nothing is started or created.
 * @throws UserError if any job's settings are invalid
 */
export async function planSweep(context: SweepContext, request: SweepRequest): Promise<SweepPlan> {
  const sweep = new Sweep(context, request);
  const plan = await sweep.suggestions();
  sweep.check(plan);
  const commandOf = (suggestion: Suggestion) => ['run', request.experiment, ...sweep.settingsOf(suggestion)];
  const jobs = plan.map((suggestion, number) => ({ number, command: commandOf(suggestion) }));
  const script = describeArray(sweep, context, jobs);
  const { jobs: concurrency } = sweep.container.settings;
  return {
    total: sweep.total,
    concurrency: concurrency,
    command: commandOf({}),
    jobs,
    ...(script !== undefined && { script }),
  };
}

function describeArray(sweep: Sweep, { runs, exp }: SweepContext, jobs: SweepPlan['jobs']): string | undefined {
  const { launcher, jobs: maxConcurrent } = sweep.container.settings;
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
  return launcher.describe({ name: 'ID', jobs: described, maxConcurrent, folder: folder.path });
}

/**
 * Runs a new sweep.
 * @throws UserError if any job's settings are invalid or the folder of all runs is not writable, before anything is created
 */
export async function startSweep(context: SweepContext, request: SweepRequest): Promise<SweepOutcome> {
  const sweep = new Sweep(context, request);
  const plan = await sweep.suggestions();
  sweep.check(plan);
  checkFolderWritable(context.runs);
  await prepareLauncher(sweep.container.settings.launcher);
  const folder = SweepFolder.create(context.runs);
  writePlan(folder, plan);
  const { total, objective, swept } = sweep;
  writeSweepRecord(folder, { ...request, space: swept.space, total, objective });
  return execute(sweep, context, folder, false);
}

/**
 * Resumes a sweep: completed jobs are kept, running jobs are awaited, and the others resume from their latest checkpoint, or restart if
 * they have none.
 * @param retry runs failed jobs again
 * @param changes to the objective
 * @throws UserError if the sweep is running, its folder is not writable, its settings are no longer valid, or its searcher cannot change
 *   the objective
 */
export function resumeSweep(
  context: SweepContext,
  folder: SweepFolder,
  retry: boolean,
  changes: Partial<Objective> = {},
): Promise<SweepOutcome> {
  const record = readSweepRecord(folder);
  for (const path of [folder.path, context.runs]) checkFolderWritable(path);
  const { isAdaptive } = new Sweep(context, record).container.settings.searcher;
  const objective = changeObjective(folder, changes, isAdaptive);
  const sweep = new Sweep(context, { ...record, objective });
  sweep.check(readPlan(folder));
  return execute(sweep, context, folder, retry);
}

/** Runs the remaining jobs of a sweep. @throws UserError if another process is running it */
async function execute(
  sweep: Sweep,
  context: SweepContext,
  folder: SweepFolder,
  retry: boolean,
): Promise<SweepOutcome> {
  const refuse = (owner: string): never => {
    throw new UserError(`The sweep ${folder.id} is already being run by ${owner}.`, {
      hints: [`To show its progress: ${commandName()} sweep show ${folder.id}`],
    });
  };
  return withLock(folder.lock, new AbortController().signal, refuse, async () => {
    try {
      updateObjective(folder, sweep.objective);
      return await new Execution(sweep, context, folder).run(retry);
    } finally {
      await sweep.container.close();
    }
  });
}
