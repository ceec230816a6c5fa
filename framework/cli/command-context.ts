import { dirname, join } from 'node:path';
import { Docs } from '../config/describe/docs';
import type { Registry } from '../config/resolve/registry';
import { findExperiment } from '../experiment/find-experiment';
import { createDisplay } from '../monitor/create-display';
import { Monitor } from '../monitor/monitor';
import { readRecipes, type Recipe } from '../run/recipe/recipe';
import { domainsIn } from './domain-commands';
import { loadPlugins } from '../api/load-plugins';
import { pluginRoots } from '../api/plugin-roots';
import { runsFolder } from '../run/runs-folder';

/** The plugins, the runs folder and the terminal of a command. */
export interface CommandContext {
  readonly registry: Registry;
  /** The folder of all runs. */
  readonly runs: string;
  readonly monitor: Monitor;
}

/**
 * @param quiet prints progress to standard error, to keep standard output machine-readable
 * @param roots parents of the plugin folders
 * @throws UserError if the working directory has plugins of another user
 */
export function createContext(quiet = false, roots = pluginRoots()): CommandContext {
  const stream = quiet ? process.stderr : process.stdout;
  return { registry: loadPlugins(roots), runs: runsFolder(), monitor: new Monitor(createDisplay(stream)) };
}

/** Folders of the framework with settings classes that plugins and experiments extend. */
const SHARED_SETTINGS = ['experiment', 'checkpoint', 'kinds'];

/** The doc comments of registered options. */
export function docs(): Docs {
  return new Docs(pluginRoots(), [
    ...SHARED_SETTINGS.map((folder) => join(__dirname, '..', folder)),
    ...pluginRoots().flatMap((root) => domainsIn(join(root, 'plugins'))),
  ]);
}

/** The folder of an experiment's code. */
function folderOf(experiment: string): string {
  return dirname(findExperiment(createContext(true).registry, experiment).path);
}

/** The recipes of an experiment. */
export function recipesOf(experiment: string): Recipe[] {
  return readRecipes(folderOf(experiment));
}
