import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { unwrapped } from '../../checkpoint/name-prefix';
import { type SavedVariable, assignVariables } from '../../checkpoint/variables';
import type { NamedArray } from '../../checkpoint/safetensors';
import { type Weights, readWeights } from '../../checkpoint/weights-file';
import { UserError } from '../../errors';
import type { Monitor } from '../../monitor/monitor';
import { withRunLock } from '../../run/status/with-run-lock';
import { recordAndCompareEnvironment } from '../../run/environment/record-environment';
import { RunFolder } from '../../run/run-folder';
import { checkRunName } from '../../run/run-name';
import { startRecord, updateRecord } from '../../run/run-record';
import { loadedTensorFlow } from '../../tensorflow/load';
import { RunAssembly, type RunOptions } from '../assembly';
import { engineFor, loadFor } from '../lifecycle/compute';
import { recordConfig } from '../lifecycle/config-record';

/**
 * Makes a run that begins with weights of a safetensors file, under PyTorch's names and in its layouts: a folder with its record, its
 * settings and a checkpoint at step 0, where the model and the average of its weights are those of the file, and the optimizer is new.
 * It can be drawn by, exported and resumed like any other.
 * @param root the folder of all runs
 * @param path the file
 * @param name that the run is given beside the time
 * @throws UserError where the file is none or of another model, with every difference; nothing is left behind
 */
export async function importWeights(
  ingredients: RunOptions,
  root: string,
  path: string,
  name?: string,
): Promise<RunFolder> {
  if (name !== undefined) checkRunName(name);
  const file = resolve(path);
  const weights = await readWeights(file);
  const assembly = new RunAssembly(ingredients);
  await loadFor(assembly.settings);
  const folder = RunFolder.create(root, ingredients.name, new Date(), name);
  try {
    await withRunLock(folder, ingredients.monitor, async (attempt) => {
      const versions = { tensorflow: loadedTensorFlow().version };
      await recordAndCompareEnvironment(attempt, folder, versions, ingredients.monitor);
      startRecord(folder, ingredients.name, ingredients.overrides, versions, assembly.goals);
      recordConfig(assembly.config, folder);
      await beginWith(weights, file, { assembly, folder, monitor: ingredients.monitor });
      const { sha256 } = weights;
      const endedAt = new Date().toISOString();
      updateRecord(folder, { status: 'interrupted', endedAt, importedFrom: { file, sha256 } });
    });
  } catch (error) {
    await rm(folder.path, { recursive: true, force: true });
    throw error;
  }
  return folder;
}

/** What a run is made with. */
interface Making {
  readonly assembly: RunAssembly;
  readonly folder: RunFolder;
  readonly monitor: Monitor;
}

/** Saves a checkpoint at step 0 that has the weights. */
async function beginWith(weights: Weights, file: string, { assembly, folder, monitor }: Making): Promise<void> {
  try {
    const engine = engineFor(assembly.settings);
    const experiment = assembly.createExperiment(folder, engine);
    await experiment.init();
    const { model, ema } = experiment.parts;
    if (!model) throw new UserError('This experiment has no model that could be given weights.');
    const arrays = withoutWrappers(weights, model, monitor);
    for (const variables of ema ? [model, ema] : [model]) await assignVariables(engine, variables, arrays, file);
    await experiment.checkpoint();
    // Closing waits until it is on the disk.
  } finally {
    await assembly.close();
  }
}

/** The weights by the names that they have in the model itself; says what was taken off. */
function withoutWrappers(
  { arrays: found }: Weights,
  model: readonly SavedVariable[],
  monitor: Monitor,
): readonly NamedArray[] {
  const names = model.map(({ name }) => name);
  const { arrays, prefix, wrappers } = unwrapped(found, names);
  if (prefix !== '')
    monitor.log(`Names without "${prefix}", which PyTorch's ${wrappers.join(' and ')} put before each of them.`);
  return arrays;
}
