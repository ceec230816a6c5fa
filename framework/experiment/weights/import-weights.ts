import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DEFAULT_MODEL, averagePartOf, checkModelPart } from '../../checkpoint/model-parts';
import { unwrapped } from '../../checkpoint/name-prefix';
import { type SavedVariable, assignVariables } from '../../checkpoint/variables';
import type { NamedArray } from '../../checkpoint/safetensors';
import { type Weights, readWeights } from '../../checkpoint/weights-file';
import type { Monitor } from '../../monitor/monitor';
import { withRunLock } from '../../run/status/with-run-lock';
import { recordAndCompareEnvironment } from '../../run/environment/record-environment';
import { RunFolder } from '../../run/run-folder';
import { checkRunName } from '../../run/run-name';
import { startRecord, updateRecord } from '../../run/run-record';
import { loadedTensorFlow } from '../../tensorflow/load';
import { RunContainer, type RunOptions } from '../run-container';
import { engineFor, loadFor } from '../lifecycle/compute';
import { recordConfig } from '../lifecycle/config-record';

/**
 * Creates a run from the weights of a safetensors file with PyTorch's names and layouts: a folder with its record, its settings and a
 * checkpoint at step 0. Model and average have the weights of the file; the optimizer is in its initial state. The run can be sampled,
 * exported and resumed like any other.
 * @param root folder of all runs
 * @param path the file
 * @param name user-given name of the run
 * @param part model of an experiment with several; the others have their initial weights
 * @throws UserError if the file is invalid or belongs to another model, listing every difference; no folder is left behind
 */
export async function importWeights(
  options: RunOptions,
  root: string,
  path: string,
  name?: string,
  part = DEFAULT_MODEL,
): Promise<RunFolder> {
  if (name !== undefined) checkRunName(name);
  const file = resolve(path);
  const weights = await readWeights(file);
  const container = new RunContainer(options);
  await loadFor(container.settings);
  const folder = RunFolder.create(root, options.name, new Date(), name);
  try {
    await withRunLock(folder, options.monitor, async (attempt) => {
      const versions = { tensorflow: loadedTensorFlow().version };
      await recordAndCompareEnvironment(attempt, folder, versions, options.monitor);
      startRecord(folder, options.name, options.overrides, versions, container.goals);
      recordConfig(container.config, folder);
      await saveInitialCheckpoint(weights, file, { container, folder, part, monitor: options.monitor });
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

interface ImportContext {
  readonly container: RunContainer;
  readonly folder: RunFolder;
  readonly part: string;
  readonly monitor: Monitor;
}

/** Saves a checkpoint at step 0 with the weights. */
async function saveInitialCheckpoint(
  weights: Weights,
  file: string,
  { container, folder, part, monitor }: ImportContext,
): Promise<void> {
  try {
    const engine = engineFor(container.settings);
    const experiment = container.createExperiment(folder, engine);
    await experiment.init();
    const { parts } = experiment;
    checkModelPart(part, Object.keys(parts));
    const { [part]: model = [], [averagePartOf(part)]: ema } = parts;
    const arrays = stripWrapperPrefix(weights, model, monitor);
    for (const variables of ema ? [model, ema] : [model]) await assignVariables(engine, variables, arrays, file);
    await experiment.checkpoint();
    // Closing waits until the checkpoint is written.
  } finally {
    await container.close();
  }
}

/** Removes the name prefix of PyTorch's wrappers from the weights, and logs it. */
function stripWrapperPrefix(
  { arrays: original }: Weights,
  model: readonly SavedVariable[],
  monitor: Monitor,
): readonly NamedArray[] {
  const names = model.map(({ name }) => name);
  const { arrays, prefix, wrappers } = unwrapped(original, names);
  if (prefix !== '')
    monitor.log(`Removed the prefix "${prefix}" of PyTorch's ${wrappers.join(' and ')} from all names.`);
  return arrays;
}
