import { explain, type ExplainedConfig } from '../config/describe/explain';
import { Resolution } from '../config/resolve/resolution';
import type { RunOptions } from '../experiment/run-container';
import { findExperiment } from '../experiment/find-experiment';
import { docs, createContext } from './command-context';
import { type SettingsArguments, overridesOf } from './options/settings';

/** An experiment with its overrides. */
export type ExplainRequest = Pick<RunOptions, 'registry' | 'name' | 'overrides'>;

/**
 * The config that an experiment would run with.
 * @throws UserError listing everything that is wrong with the settings
 */
export async function explainConfig(args: SettingsArguments): Promise<ExplainedConfig> {
  const { registry } = createContext();
  return explainOptions({ registry, name: args.experiment, overrides: await overridesOf(args) });
}

/** As `explainConfig`, from parsed overrides. @param name of the experiment */
export async function explainOptions({ registry, name, overrides }: ExplainRequest): Promise<ExplainedConfig> {
  const resolution = new Resolution(registry, findExperiment(registry, name), overrides);
  try {
    return explain(resolution.root, registry, docs());
  } finally {
    // Reading a computed value may have created the objects it depends on.
    await resolution.close();
  }
}
