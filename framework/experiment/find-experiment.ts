import type { Option, Registry } from '../config/resolve/registry';
import { truncate } from '../config/resolve/validate';
import { ExitCode, UserError } from '../errors';
import type { Goals } from '../kinds/metric';
import { Experiment } from './experiment';

/** @throws UserError suggesting the nearest name if no experiment has this name */
export function findExperiment(registry: Registry, name: string): Option {
  try {
    return registry.find(Experiment, name);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`Unknown experiment "${truncate(name)}".`, { hints: error.hints, exitCode: ExitCode.usage });
  }
}

/** Goals of the metrics that an experiment declares. */
export function goalsOf({ type }: Option): Goals {
  return (type as unknown as typeof Experiment).goals;
}
