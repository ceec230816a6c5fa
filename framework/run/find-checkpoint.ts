import { dirname } from 'node:path';
import { CheckpointFolder, savedSteps } from '../checkpoint/checkpoint-folder';
import { ExitCode, UserError } from '../errors';
import { type Goal, goalOf } from '../kinds/metric';
import { readSettings } from './config-file';
import { findNewest, findRun } from './find-run';
import type { RunFolder } from './run-folder';
import { readRecord } from './run-record';

/** A run and a step of it; without one the newest checkpoint is meant. */
export interface FoundCheckpoint {
  readonly run: RunFolder;
  readonly step: number | undefined;
}

/**
 * The checkpoint of that name: RUN, as `findRun` takes it, perhaps with a step or `best` behind it: `latest@1200`, `baseline@best`.
 * @param say passed by commands that need a checkpoint: `latest` or a name then means the newest run that has one, and `say` reports a newer run
 *   that was skipped
 * @throws UserError where there is no such run or checkpoint
 */
export async function findCheckpoint(
  root: string,
  name: string,
  say?: (text: string) => void,
): Promise<FoundCheckpoint> {
  const [, word = name, which] = /^(.*)@([^@/]*)$/.exec(name) ?? [];
  const newest = findRun(root, word);
  const run = say ? saved(root, word, newest, say) : newest;
  if (which === undefined) return { run, step: undefined };
  if (which === 'best') return { run, step: await bestStep(run) };
  if (/^\d+$/.test(which)) return { run, step: Number(which) };
  throw new UserError(`"${name}": what follows @ is the number of a step, or best.`, { exitCode: ExitCode.usage });
}

function saved(root: string, word: string, newest: RunFolder, say: (text: string) => void): RunFolder {
  const hasCheckpoint = ({ checkpoints }: RunFolder): boolean => savedSteps(checkpoints).length > 0;
  if (hasCheckpoint(newest) || newest.id === word) return newest;
  const isLike = ({ path }: RunFolder): boolean => dirname(path) === dirname(newest.path);
  const older = findNewest(root, word, (run) => isLike(run) && hasCheckpoint(run));
  if (older) say(`${newest.id} has no checkpoint; using ${older.id}, the latest run of that experiment that has one.`);
  return older ?? newest;
}

async function bestStep(run: RunFolder): Promise<number> {
  const { metric, goal } = objectiveOf(run);
  if (metric !== undefined)
    return new CheckpointFolder(run.checkpoints).best(metric, goal ?? goalOf(metric, readRecord(run).goals));
  throw new UserError(`${run.id} does not say by which metric a checkpoint is the best.`, {
    hints: ['It is a setting: exp run EXPERIMENT checkpoint.best=loss'],
  });
}

function objectiveOf(folder: RunFolder): { metric: string | undefined; goal: Goal | undefined } {
  const settings = readSettings(folder);
  const value = (key: string): unknown => settings[`checkpoint.${key}`] ?? undefined;
  return { metric: value('best') as string | undefined, goal: value('goal') as Goal | undefined };
}
