import { mkdir, rename, rm } from 'node:fs/promises';
import { ExitCode, UserError } from '../../errors';
import type { RunFolder } from '../../run/run-folder';
import { GraphEngine } from '../../tensorflow/graph/graph-engine';
import type { SavedFunctions } from '../../tensorflow/saved-function';
import { temporaryPath } from '../../util/temporary-path';
import { RunContainer, type RunOptions } from '../run-container';
import { loadFor } from '../lifecycle/compute';
import { resolveOutputPath } from '../sampling/output-path';
import { restoreWeights } from './checkpoint-ref';

/**
 * Exports functions of a run's model as a SavedModel, which any TensorFlow can load.
 * @param count batch size of the functions
 * @param out folder of the SavedModel, which must not exist
 * @param step step of the checkpoint; the latest valid one by default
 * @returns the full path of the folder, and the saved functions
 * @throws UserError if there is nothing to export, or the folder cannot be written
 */
export async function exportSavedModel(
  options: RunOptions,
  folder: RunFolder,
  count: number,
  out: string,
  step?: number,
): Promise<{ folder: string; functions: SavedFunctions }> {
  checkCount(count);
  const path = resolveOutputPath(out);
  const container = new RunContainer(options);
  await loadFor(container.settings);
  const engine = new GraphEngine({ plain: true });
  try {
    const experiment = container.createExperiment(folder, engine);
    if (!experiment.functions)
      throw new UserError(`${folder.id} is a run of ${options.name}, which has nothing to export.`);
    await experiment.init();
    await restoreWeights(experiment, { run: folder, step }, options.monitor);
    const functions = experiment.functions(count);
    await writeFolderAtomically(path, (path) => engine.save(path, functions));
    return { folder: path, functions };
  } finally {
    await container.close();
  }
}

/** Creates a folder atomically. */
async function writeFolderAtomically(target: string, make: (path: string) => Promise<void>): Promise<void> {
  const path = temporaryPath(target);
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
  throw new UserError(`-n ${count}: expected an integer of at least 1.`, { exitCode: ExitCode.usage });
}
