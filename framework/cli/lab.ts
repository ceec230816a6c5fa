import { join } from 'node:path';
import { discover } from '../config/discover';
import { Docs } from '../config/docs';
import type { Registry } from '../config/registry';
import { displayFor } from '../monitor/display';
import { Monitor } from '../monitor/monitor';
import { PLUGIN_FOLDERS, pluginRoots } from './plugin-roots';
import { runsFolder } from './runs-folder';

export { runsFolder, shown } from './runs-folder';

/** Where everything is: the plugins, the runs, the terminal. */
export interface Lab {
  readonly registry: Registry;
  /** The folder of all runs. */
  readonly runs: string;
  readonly monitor: Monitor;
}

/**
 * @param quiet keeps standard output for a program that reads it: progress goes to standard error
 * @param roots what the folders of plugins are in
 * @throws UserError where the working directory has plugins of another user
 */
export function openLab(quiet = false, roots = pluginRoots()): Lab {
  const stream = quiet ? process.stderr : process.stdout;
  return { registry: discover(roots, PLUGIN_FOLDERS), runs: runsFolder(), monitor: new Monitor(displayFor(stream)) };
}

/** Folders of the framework with settings classes that plugins and experiments extend. */
const SHARED_SETTINGS = ['experiment', 'checkpoint', 'kinds'];

/** What the code's comments say of what is registered. */
export function docs(): Docs {
  return new Docs(
    pluginRoots(),
    SHARED_SETTINGS.map((folder) => join(__dirname, '..', folder)),
  );
}

/** The words that start `exp` in a process of its own. */
export const EXP: readonly string[] = [process.execPath, join(__dirname, 'exp.js')];
