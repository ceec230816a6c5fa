import type { Module } from '../nn/module';
import type { Engine } from '../tensorflow/engine';
import { assignVariables, savedWeights } from './variables';
import { readWeights } from './weights-file';

/**
 * Loads the weights of a safetensors file, such as the `model.safetensors` of a checkpoint, into a module.
 * @param module initialized
 * @throws UserError if the file cannot be read, or belongs to another model
 */
export async function loadWeights(engine: Engine, module: Module, file: string): Promise<void> {
  const { arrays } = await readWeights(file);
  await assignVariables(engine, savedWeights(module), arrays, file);
}
