import type { Module } from '../nn/module';
import type { Engine } from '../tensorflow/engine';
import { assignVariables, savedParameters } from './variables';
import { readWeights } from './weights-file';

/**
 * Gives a module the weights of a safetensors file, such as the `model.safetensors` of a checkpoint.
 * @param module initialized
 * @throws UserError where the file cannot be read, or is of another model
 */
export async function loadWeights(engine: Engine, module: Module, file: string): Promise<void> {
  const { arrays } = await readWeights(file);
  await assignVariables(engine, savedParameters(module.parameters()), arrays, file);
}
