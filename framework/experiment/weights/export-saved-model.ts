import { mkdir, rename, rm } from 'node:fs/promises';
import { ExitCode, UserError } from '../../errors';
import type { RunFolder } from '../../run/run-folder';
import { GraphEngine } from '../../tensorflow/graph/graph-engine';
import type { SavedFunctions } from '../../tensorflow/saved-function';
import { asideOf } from '../../util/aside';
import { RunAssembly, type RunOptions } from '../assembly';
import { loadFor } from '../lifecycle/compute';
import { resolveOutputPath } from '../sampling/output-path';
import { restoreWeights } from './checkpoint-ref';

/**
 * Saves functions of the model of a run's newest checkpoint as a SavedModel, which any TensorFlow loads.
 * @param count how many examples the functions take at once
 * @param out the SavedModel's folder, which must not be there
 * @param step of another checkpoint than the newest
 * @returns the full path of that folder, and what was saved
 * @throws UserError where there is nothing to save or no place for it
 */
export async function exportSavedModel(
  ingredients: RunOptions,
  folder: RunFolder,
  count: number,
  out: string,
  step?: number,
): Promise<{ folder: string; functions: SavedFunctions }> {
  checkCount(count);
  const path = resolveOutputPath(out);
  const assembly = new RunAssembly(ingredients);
  await loadFor(assembly.settings);
  const engine = new GraphEngine({ plain: true });
  try {
    const experiment = assembly.createExperiment(folder, engine);
    if (!experiment.functions)
      throw new UserError(`${folder.id} is a run of ${ingredients.name}, which has nothing to export.`);
    await experiment.init();
    await restoreWeights(experiment, { run: folder, step }, ingredients.monitor);
    const functions = experiment.functions(count);
    await writeAsideFolder(path, (path) => engine.save(path, functions));
    return { folder: path, functions };
  } finally {
    await assembly.close();
  }
}

/** Makes a folder that is there whole or not at all. */
async function writeAsideFolder(target: string, make: (path: string) => Promise<void>): Promise<void> {
  const path = asideOf(target);
  try {
    await rm(path, { recursive: true, force: true });
    await mkdir(path);
    await make(path);
    await rename(path, target);
  } catch (error) {
    await rm(path, { recursive: true, force: true });
    throw error;
  }
}

function checkCount(count: number): void {
  if (Number.isSafeInteger(count) && count >= 1) return;
  throw new UserError(`--n ${count}: a whole number of at least 1 is wanted.`, { exitCode: ExitCode.usage });
}
