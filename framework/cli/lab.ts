import { join } from 'node:path';
import { discover } from '../config/discover';
import { Docs } from '../config/docs';
import type { Registry } from '../config/registry';
import { displayFor } from '../monitor/display';
import { Monitor } from '../monitor/monitor';
import { runsFolder } from './runs-folder';

export { runsFolder, shown } from './runs-folder';

/** Folders that plugins are found in, below the package and below the working directory. */
const PLUGIN_FOLDERS = ['plugins', 'experiments'];

/** Where everything is: the plugins, the runs, the terminal. */
export interface Lab {
  readonly registry: Registry;
  /** The folder of all runs. */
  readonly runs: string;
  readonly monitor: Monitor;
}

/** @param quiet keeps standard output for a program that reads it: progress goes to standard error */
export function openLab(quiet = false): Lab {
  const stream = quiet ? process.stderr : process.stdout;
  return { registry: discover(roots(), PLUGIN_FOLDERS), runs: runsFolder(), monitor: new Monitor(displayFor(stream)) };
}

/** Folders of the framework with settings classes that plugins and experiments extend. */
const SHARED_SETTINGS = ['experiment', 'checkpoint', 'kinds'];

/** What the code's comments say of what is registered. */
export function docs(): Docs {
  return new Docs(
    roots(),
    SHARED_SETTINGS.map((folder) => join(__dirname, '..', folder)),
  );
}

/** What the folders of plugins are in: the package, and the working directory where that is another. */
export function roots(): string[] {
  const own = join(__dirname, '../..');
  const here = process.cwd();
  return here === own ? [own] : [own, here];
}

/** The words that start `exp` in a process of its own. */
export const EXP: readonly string[] = [process.execPath, join(__dirname, 'exp.js')];
