import { explain, type ExplainedConfig } from '../config/explain';
import { Resolution } from '../config/resolution';
import { findExperiment } from '../experiment/find-experiment';
import { docs, openLab } from './lab';
import { type SettingsArguments, overridesOf } from './settings';

/**
 * The config that an experiment would run with.
 * @throws UserError listing everything that is wrong with the settings
 */
export async function explained(words: SettingsArguments): Promise<ExplainedConfig> {
  const { registry } = openLab();
  const experiment = findExperiment(registry, words.experiment);
  const resolution = new Resolution(registry, experiment, await overridesOf(words));
  try {
    return explain(resolution.root, registry, docs());
  } finally {
    // Telling a computed value may have made what it is computed from.
    await resolution.close();
  }
}
