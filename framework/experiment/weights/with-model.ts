import { UserError } from '../../errors';
import { RunAssembly, type RunOptions } from '../assembly';
import { loadFor } from '../lifecycle/compute';
import type { Experiment } from '../experiment';
import { type CheckpointRef, restoreWeights } from './checkpoint-ref';

/** What an experiment may be able to do with its model, and what it is said not to do where it is not. */
const ABILITIES = {
  sample: 'draws no images',
  sampleTrajectory: 'draws no images step by step',
  interpolate: 'does not interpolate between images',
} as const;

type Ability = keyof typeof ABILITIES;

/**
 * Does something with the experiment of a run, whose model is that of a checkpoint.
 * @param ability what it must be able to do
 * @throws UserError where it is not
 */
export async function withModel<A extends Ability, T>(
  ingredients: RunOptions,
  source: CheckpointRef,
  ability: A,
  work: (experiment: Experiment & Required<Pick<Experiment, A>>) => Promise<T>,
): Promise<T> {
  const assembly = new RunAssembly(ingredients);
  await loadFor(assembly.settings);
  try {
    const experiment = assembly.createExperiment(source.run);
    if (!experiment[ability])
      throw new UserError(`${source.run.id} is a run of ${ingredients.name}, which ${ABILITIES[ability]}.`);
    await experiment.init();
    await restoreWeights(experiment, source, ingredients.monitor);
    return await work(experiment as Experiment & Required<Pick<Experiment, A>>);
  } finally {
    await assembly.close();
  }
}
