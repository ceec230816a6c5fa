import { rmSync } from 'node:fs';
import { UserError } from '../errors';
import { type ModelSummary, summarizeModels } from '../nn/model-summary';
import type { Module } from '../nn/module';
import { recordOutputShapes } from '../nn/output-shapes';
import { TracingEngine } from '../tensorflow/graph/tracing-engine';
import { makeTemporaryFolder } from '../util/temporary-folder';
import { withUntrained } from './lifecycle/check-experiment';
import { loadFor } from './lifecycle/compute';
import type { Experiment } from './experiment';
import type { ExperimentSettings } from './settings';
import type { RunOptions } from './run-container';

type Summarized = Pick<RunOptions, 'registry' | 'name' | 'overrides'>;

/**
 * Summarizes the models that an experiment would train, without opening its data. No parameter is computed.
 * @throws UserError if the settings are invalid, or the experiment has no models
 */
export function summarizeExperiment(options: Summarized): Promise<ModelSummary> {
  return withUntrained(options, async (experiment, settings) => {
    // Initializing an experiment may compute tensors.
    await loadFor(settings);
    return summarizeModels(await initialize(experiment, options.name));
  });
}

/** The same with the shapes of the modules' outputs: opens the data, and traces the step of the first batch without computing it. */
export async function summarizeWithShapes(options: Summarized): Promise<ModelSummary> {
  const summarize = async (experiment: Experiment) => {
    await experiment.open();
    const models = await initialize(experiment, options.name);
    const shapes = recordOutputShapes(models);
    await experiment.trainOnFirst();
    return summarizeModels(models, shapes);
  };
  const createEngine = async (settings: ExperimentSettings) => {
    await loadFor(settings);
    return new TracingEngine();
  };
  // For what an experiment writes when it opens its data, such as a vocabulary.
  const path = makeTemporaryFolder('explab-summary-');
  try {
    return await withUntrained(options, summarize, { createEngine, path });
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

async function initialize(experiment: Experiment, name: string): Promise<Readonly<Record<string, Module>>> {
  await experiment.init();
  const { models } = experiment;
  if (Object.keys(models).length > 0) return models;
  throw new UserError(`${name} has no models: it creates no learner.`);
}
