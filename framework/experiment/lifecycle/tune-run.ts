import { textOf } from '../../config/describe/format-value';
import { didYouMean } from '../../util/nearest';
import { ExitCode, UserError } from '../../errors';
import type { Goals } from '../../kinds/metric';
import { appendJSONLine } from '../../util/json-lines';
import { summarizeMetrics } from '../../run/metric-summary';
import type { RunFolder } from '../../run/run-folder';
import { type ActualStatus, statusOf } from '../../run/run-record';
import { checkFolderWritable } from '../../util/writable';
import { RunContainer, type RunOptions } from '../run-container';
import type { Tune } from './tuning';
import { commandName } from '../../util/command-name';

/**
 * Requests a change of settings at a run's next step; the run may be active in another process.
 * @param options the run's own
 * @param args the settings, as on the command line
 * @returns the parsed settings, and the status of the run
 * @throws UserError if a setting is invalid, is not dynamic, or names an unknown metric, if the run is completed, or if its folder is
 *   not writable; nothing is requested then
 */
export function tuneRun(
  options: RunOptions,
  folder: RunFolder,
  args: readonly string[],
): { set: readonly string[]; status: ActualStatus } {
  const { goals, resolution } = new RunContainer(options);
  const { dynamic } = resolution;
  if (args.length === 0) {
    const hints = [`These can be changed: ${dynamic.keys.join(', ')}.`];
    throw new UserError(`Specify the settings to change: ${commandName()} tune ${folder.id} key=value`, {
      hints,
      exitCode: ExitCode.usage,
    });
  }
  const changes = dynamic.check(args);
  checkBest(changes.get('checkpoint.best'), folder, goals);
  const set = [...changes].map(([key, value]) => `${key}=${textOf(value)}`);
  checkFolderWritable(folder.path);
  const status = statusOf(folder);
  if (status === 'completed') throw new UserError(`${folder.id} is completed: there is no next step to change.`);
  const tune: Tune = { time: new Date().toISOString(), set };
  appendJSONLine(folder.tune, tune);
  return { set, status };
}

/** A misspelt metric would end the run after its next checkpoint. @throws UserError listing the run's metrics */
function checkBest(best: unknown, { id, metrics }: RunFolder, goals: Goals): void {
  const names = [...new Set([...summarizeMetrics(metrics).keys(), ...Object.keys(goals)])];
  if (typeof best !== 'string' || names.includes(best)) return;
  throw new UserError(`checkpoint.best=${best}: ${id} has no metric "${best}" so far.`, {
    hints: [didYouMean(best, names, 'Metrics')],
    exitCode: ExitCode.usage,
  });
}
