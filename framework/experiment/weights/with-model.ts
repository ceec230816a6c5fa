import { UserError } from '../../errors';
import { RunContainer, type RunOptions } from '../run-container';
import { loadFor } from '../lifecycle/compute';
import type { Experiment } from '../experiment';
import { type CheckpointRef, restoreWeights } from './checkpoint-ref';

/** Optional abilities of an experiment, with the statement for the error if it lacks one. */
const ABILITIES = {
  sample: 'does not generate images',
  sampleTrajectory: 'does not generate images step by step',
  interpolate: 'does not interpolate between images',
} as const;

type Ability = keyof typeof ABILITIES;

/**
 * Runs `work` with the experiment of a run, with the model restored from a checkpoint.
 * @param ability required ability
 * @throws UserError if the experiment lacks it
 */
export async function withModel<A extends Ability, T>(
  options: RunOptions,
  source: CheckpointRef,
  ability: A,
  work: (experiment: Experiment & Required<Pick<Experiment, A>>) => Promise<T>,
): Promise<T> {
  const container = new RunContainer(options);
  await loadFor(container.settings);
  try {
    const experiment = container.createExperiment(source.run);
    if (!experiment[ability])
      throw new UserError(`${source.run.id} is a run of ${options.name}, which ${ABILITIES[ability]}.`);
    await experiment.init();
    await restoreWeights(experiment, source, options.monitor);
    return await work(experiment as Experiment & Required<Pick<Experiment, A>>);
  } finally {
    await container.close();
  }
}
