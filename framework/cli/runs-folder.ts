import { resolve } from 'node:path';
import { environmentVariable } from '../util/environment-variable';

/** The folder of all runs: `runs` in the working directory, unless EXPLAB_RUNS names another. */
export function runsFolder(): string {
  return resolve(environmentVariable('EXPLAB_RUNS') ?? 'runs');
}

/** A path as it reads best: relative to the working directory where it lies below it. */
export function displayPath(path: string): string {
  const here = `${process.cwd()}/`;
  return path.startsWith(here) ? path.slice(here.length) : path;
}
