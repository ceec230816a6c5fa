import { join, resolve } from 'node:path';
import { readProjectFile } from '../project/project-file';
import { projectRoot } from '../project/project-root';
import { environmentVariable } from '../util/environment-variable';

/** The folder of all runs: EXPLAB_RUNS, that of the project's defaults, or `runs` in the project. @param project its folder */
export function runsFolder(project = projectRoot()): string {
  const chosen = environmentVariable('EXPLAB_RUNS');
  if (chosen !== undefined) return resolve(chosen);
  return readProjectFile(project).runs ?? join(project, 'runs');
}

/** A path for display: relative to the working directory if below it. */
export function displayPath(path: string): string {
  const here = `${process.cwd()}/`;
  return path.startsWith(here) ? path.slice(here.length) : path;
}
