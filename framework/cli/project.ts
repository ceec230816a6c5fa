import { type ProjectFile, readProjectFile } from '../project/project-file';
import { projectRoot } from '../project/project-root';

/** The defaults of the project that the working directory belongs to. */
export function projectFile(): ProjectFile {
  return readProjectFile(projectRoot());
}

/**
 * Checks what the project demands of a new run: that the code is committed, if `checkDirty` says so.
 * @param runs folder of all runs
 * @throws UserError naming what is not committed
 */
export async function checkProject(runs: string): Promise<void> {
  if (!projectFile().checkDirty) return;
  const { checkClean } = await import('../run/code/check-clean');
  await checkClean(projectRoot(), runs);
}
