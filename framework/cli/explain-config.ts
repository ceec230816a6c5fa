import { explain, type ExplainedConfig } from '../config/describe/explain';
import { Resolution } from '../config/resolve/resolution';
import type { Ingredients } from '../experiment/assembly';
import { findExperiment } from '../experiment/find-experiment';
import { docs, openLab } from './lab';
import { type SettingsArguments, overridesOf } from './options/settings';

/** An experiment with settings. */
export type Asked = Pick<Ingredients, 'registry' | 'name' | 'overrides'>;

/**
 * The config that an experiment would run with.
 * @throws UserError listing everything that is wrong with the settings
 */
export async function explained(words: SettingsArguments): Promise<ExplainedConfig> {
  const { registry } = openLab();
  return explainedBy({ registry, name: words.experiment, overrides: await overridesOf(words) });
}

/** The same by overrides. @param name of the experiment */
export async function explainedBy({ registry, name, overrides }: Asked): Promise<ExplainedConfig> {
  const resolution = new Resolution(registry, findExperiment(registry, name), overrides);
  try {
    return explain(resolution.root, registry, docs());
  } finally {
    // Telling a computed value may have made what it is computed from.
    await resolution.close();
  }
}
