import { resolve } from 'node:path';
import { environmentVariable } from '../util/environment-variable';

/** The folder of all runs: EXPLAB_RUNS, or `runs` in the working directory. */
export function runsFolder(): string {
  return resolve(environmentVariable('EXPLAB_RUNS') ?? 'runs');
}

/** A path for display: relative to the working directory if below it. */
export function displayPath(path: string): string {
  const here = `${process.cwd()}/`;
  return path.startsWith(here) ? path.slice(here.length) : path;
}
