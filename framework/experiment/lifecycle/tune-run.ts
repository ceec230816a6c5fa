import { textOf } from '../../config/describe/format-value';
import { didYouMean } from '../../util/nearest';
import { ExitCode, UserError } from '../../errors';
import type { Goals } from '../../kinds/metric';
import { appendJSONLine } from '../../util/json-lines';
import { summarizeMetrics } from '../../run/metric-summary';
import type { RunFolder } from '../../run/run-folder';
import { type ActualStatus, statusOf } from '../../run/run-record';
import { checkFolderWritable } from '../../util/writable';
import { RunAssembly, type RunOptions } from '../assembly';
import type { Tune } from './tuning';

/**
 * Asks a run, which may be going on in another process, to change settings at its next step.
 * @param ingredients the run's own
 * @param args the settings, as on the command line
 * @returns the settings as they were understood, and how the run stands
 * @throws UserError where one is wrong or may not change, names a metric that the run does not have, the run is completed, or its
 *   folder cannot be written; nothing is asked for then
 */
export function tuneRun(
  ingredients: RunOptions,
  folder: RunFolder,
  args: readonly string[],
): { set: readonly string[]; status: ActualStatus } {
  const { goals, resolution } = new RunAssembly(ingredients);
  const { dynamic } = resolution;
  if (args.length === 0) {
    const hints = [`These can be changed: ${dynamic.keys.join(', ')}.`];
    throw new UserError(`Say what to change: exp tune ${folder.id} key=value`, { hints, exitCode: ExitCode.usage });
  }
  const changes = dynamic.check(args);
  checkBest(changes.get('checkpoint.best'), folder, goals);
  const set = [...changes].map(([key, value]) => `${key}=${textOf(value)}`);
  checkFolderWritable(folder.path);
  const status = statusOf(folder);
  if (status === 'completed') throw new UserError(`${folder.id} has completed: there is no next step to change.`);
  const tune: Tune = { time: new Date().toISOString(), set };
  appendJSONLine(folder.tune, tune);
  return { set, status };
}

/** A misspelt metric would end the run after its next checkpoint. @throws UserError naming those that the run has */
function checkBest(best: unknown, { id, metrics }: RunFolder, goals: Goals): void {
  const names = [...new Set([...summarizeMetrics(metrics).keys(), ...Object.keys(goals)])];
  if (typeof best !== 'string' || names.includes(best)) return;
  throw new UserError(`checkpoint.best=${best}: ${id} has no metric of that name so far.`, {
    hints: [didYouMean(best, names, 'Metrics')],
    exitCode: ExitCode.usage,
  });
}
