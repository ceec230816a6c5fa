import { dirname } from 'node:path';
import { CheckpointFolder, savedSteps } from '../checkpoint/checkpoint-folder';
import { ExitCode, UserError } from '../errors';
import { type Goal, goalOf } from '../kinds/metric';
import { readSettings } from './config-file';
import { findNewest, findRun } from './find-run';
import type { RunFolder } from './run-folder';
import { readRecord } from './run-record';
import { commandName } from '../util/command-name';

/** A run and a step of it; undefined for the latest checkpoint. */
export interface FoundCheckpoint {
  readonly run: RunFolder;
  readonly step: number | undefined;
}

/**
 * Finds a checkpoint by name: RUN, as for `findRun`, optionally with a step or `best`: `latest@1200`, `baseline@best`.
 * @param log given by commands that need a checkpoint: `latest` or a name then selects the latest run that has one, and a later run that
 *   was skipped is logged
 * @throws UserError if there is no such run or checkpoint
 */
export async function findCheckpoint(
  root: string,
  name: string,
  log?: (text: string) => void,
): Promise<FoundCheckpoint> {
  const [, runName = name, which] = /^(.*)@([^@/]*)$/.exec(name) ?? [];
  const newest = findRun(root, runName);
  const run = log ? withCheckpoint(root, runName, newest, log) : newest;
  if (which === undefined) return { run, step: undefined };
  if (which === 'best') return { run, step: await bestStep(run) };
  if (/^\d+$/.test(which)) return { run, step: Number(which) };
  throw new UserError(`"${name}": expected a step or best after @.`, { exitCode: ExitCode.usage });
}

function withCheckpoint(root: string, name: string, newest: RunFolder, log: (text: string) => void): RunFolder {
  const hasCheckpoint = ({ checkpoints }: RunFolder): boolean => savedSteps(checkpoints).length > 0;
  if (hasCheckpoint(newest) || newest.id === name) return newest;
  const isSameExperiment = ({ path }: RunFolder): boolean => dirname(path) === dirname(newest.path);
  const older = findNewest(root, name, (run) => isSameExperiment(run) && hasCheckpoint(run));
  if (older) log(`${newest.id} has no checkpoint; using ${older.id}, the latest run of that experiment that has one.`);
  return older ?? newest;
}

async function bestStep(run: RunFolder): Promise<number> {
  const { metric, goal } = objectiveOf(run);
  if (metric !== undefined)
    return new CheckpointFolder(run.checkpoints).best(metric, goal ?? goalOf(metric, readRecord(run).goals));
  throw new UserError(`${run.id} has no metric that selects its best checkpoint.`, {
    hints: [`Set one for a run: ${commandName()} run EXPERIMENT checkpoint.best=loss`],
  });
}

function objectiveOf(folder: RunFolder): { metric: string | undefined; goal: Goal | undefined } {
  const settings = readSettings(folder);
  const value = (key: string): unknown => settings[`checkpoint.${key}`] ?? undefined;
  return { metric: value('best') as string | undefined, goal: value('goal') as Goal | undefined };
}
