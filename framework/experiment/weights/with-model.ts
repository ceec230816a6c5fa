import { UserError } from '../../errors';
import type { Engine } from '../../tensorflow/engine';
import { RunContainer, type RunOptions } from '../run-container';
import { engineFor, loadFor } from '../lifecycle/compute';
import type { Experiment } from '../experiment';
import { type CheckpointRef, restoreWeights } from './checkpoint-ref';

/** An optional ability of experiments. */
export interface Ability<E extends Experiment> {
  /** Statement for the error if an experiment lacks it: `does not generate samples`. */
  readonly missing: string;
  isIn(experiment: Experiment): experiment is E;
}

/**
 * Runs `work` with the experiment of a run, with the model restored from a checkpoint.
 * @param ability required ability
 * @throws UserError if the experiment lacks it
 */
export async function withModel<E extends Experiment, T>(
  options: RunOptions,
  source: CheckpointRef,
  ability: Ability<E>,
  work: (experiment: E) => Promise<T>,
): Promise<T> {
  const { experiment, close } = await openModel(options, source, ability);
  try {
    return await work(experiment);
  } finally {
    await close();
  }
}

/** The experiment of a run with its trained model; `close` frees it. */
export interface OpenModel<E extends Experiment> {
  readonly experiment: E;
  readonly engine: Engine;
  readonly close: () => Promise<void>;
}

/** Opens the experiment of a run, with the model restored from a checkpoint. @throws UserError if the experiment lacks the ability */
export async function openModel<E extends Experiment>(
  options: RunOptions,
  source: CheckpointRef,
  ability: Ability<E>,
): Promise<OpenModel<E>> {
  const container = new RunContainer(options);
  await loadFor(container.settings);
  const close = () => container.close();
  try {
    const engine = engineFor(container.settings);
    const experiment = container.createExperiment(source.run, engine);
    if (!ability.isIn(experiment))
      throw new UserError(`${source.run.id} is a run of ${options.name}, which ${ability.missing}.`);
    await experiment.init();
    await restoreWeights(experiment, source, options.monitor);
    return { experiment, engine, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** No ability in particular. */
export const ANY: Ability<Experiment> = {
  missing: '',
  isIn: (_experiment): _experiment is Experiment => true,
};

/** An experiment whose model generates samples. */
export type SamplingExperiment = Experiment & Required<Pick<Experiment, 'sample' | 'sampleFormat'>>;

/** The ability to generate samples. */
export const SAMPLING: Ability<SamplingExperiment> = {
  missing: 'does not generate samples',
  isIn: (experiment): experiment is SamplingExperiment => experiment.sample !== undefined,
};
