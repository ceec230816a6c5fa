import { UserError } from '../errors';
import type { RunFolder } from '../run/run-folder';
import { Assembly, type Ingredients } from './assembly';
import { loadFor } from './compute';
import type { Experiment } from './experiment';

/** What an experiment may be able to do with its model, and what it is said not to do where it is not. */
const ABILITIES = {
  draw: 'draws no images',
  watch: 'draws no images step by step',
  interpolate: 'does not interpolate between images',
} as const;

type Ability = keyof typeof ABILITIES;

/**
 * Does something with the experiment of a run, whose model is that of the newest checkpoint.
 * @param ability what it must be able to do
 * @throws UserError where it is not
 */
export async function withModel<A extends Ability, T>(
  ingredients: Ingredients,
  folder: RunFolder,
  ability: A,
  work: (experiment: Experiment & Required<Pick<Experiment, A>>) => Promise<T>,
): Promise<T> {
  const assembly = new Assembly(ingredients);
  await loadFor(assembly.settings);
  try {
    const experiment = assembly.connect(folder);
    if (!experiment[ability])
      throw new UserError(`${folder.id} is a run of ${ingredients.name}, which ${ABILITIES[ability]}.`);
    await experiment.init();
    await experiment.restore(experiment.drawnFrom);
    return await work(experiment as Experiment & Required<Pick<Experiment, A>>);
  } finally {
    await assembly.close();
  }
}
