import { readProjectFile } from '../project/project-file';
import { projectRoot } from '../project/project-root';

/**
 * Checks what the project demands of a new run: that the code is committed, if `checkDirty` says so.
 * @param runs folder of all runs
 * @param project its folder; by default that of the working directory
 * @throws UserError naming what is not committed
 */
export async function checkProject(runs: string, project = projectRoot()): Promise<void> {
  if (!readProjectFile(project).checkDirty) return;
  const { checkClean } = await import('../run/code/check-clean');
  await checkClean(project, runs);
}
