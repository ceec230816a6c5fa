import { UserError } from '../errors';
import { type ModelSummary, summarizeModels } from '../nn/model-summary';
import { withUntrained } from './lifecycle/check-experiment';
import { loadFor } from './lifecycle/compute';
import type { RunOptions } from './run-container';

/**
 * Summarizes the models that an experiment would train, without opening its data. No parameter is computed.
 * @throws UserError if the settings are invalid, or the experiment has no models
 */
export function summarizeExperiment(
  options: Pick<RunOptions, 'registry' | 'name' | 'overrides'>,
): Promise<ModelSummary> {
  return withUntrained(options, async (experiment, settings) => {
    // Initializing an experiment may compute tensors.
    await loadFor(settings);
    await experiment.init();
    const { models } = experiment;
    if (Object.keys(models).length > 0) return summarizeModels(models);
    throw new UserError(`${options.name} has no models: it creates no learner.`);
  });
}
