import { join, resolve } from 'node:path';
import { projectRoot } from '../project/project-root';
import { environmentVariable } from '../util/environment-variable';

/** The folder of all runs: EXPLAB_RUNS, or `runs` in the project. */
export function runsFolder(): string {
  const chosen = environmentVariable('EXPLAB_RUNS');
  return chosen === undefined ? join(projectRoot(), 'runs') : resolve(chosen);
}

/** A path for display: relative to the working directory if below it. */
export function displayPath(path: string): string {
  const here = `${process.cwd()}/`;
  return path.startsWith(here) ? path.slice(here.length) : path;
}
