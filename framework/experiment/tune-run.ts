import { textOf } from '../config/describe';
import { ExitCode, UserError } from '../errors';
import { appendJSONLine } from '../run/json-lines';
import type { RunFolder } from '../run/run-folder';
import { type ActualStatus, statusOf } from '../run/run-record';
import { Assembly, type Ingredients } from './assembly';
import type { Tune } from './tuning';

/**
 * Asks a run, which may be going on in another process, to change settings at its next step.
 * @param ingredients the run's own
 * @param words the settings, as on the command line
 * @returns the settings as they were understood, and how the run stands
 * @throws UserError where one is wrong or may not change, or the run is completed; nothing is asked for then
 */
export function tuneRun(
  ingredients: Ingredients,
  folder: RunFolder,
  words: readonly string[],
): { set: readonly string[]; status: ActualStatus } {
  const { dynamic } = new Assembly(ingredients).resolution;
  if (words.length === 0) {
    const hints = [`These can be changed: ${dynamic.keys.join(', ')}.`];
    throw new UserError(`Say what to change: exp tune ${folder.id} key=value`, { hints, exitCode: ExitCode.usage });
  }
  const set = [...dynamic.check(words)].map(([key, value]) => `${key}=${textOf(value)}`);
  const status = statusOf(folder);
  if (status === 'completed') throw new UserError(`${folder.id} has completed: there is no next step to change.`);
  const tune: Tune = { time: new Date().toISOString(), set };
  appendJSONLine(folder.tune, tune);
  return { set, status };
}
