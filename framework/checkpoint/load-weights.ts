import { readFile } from 'node:fs/promises';
import { UserError, messageOf } from '../errors';
import type { Module } from '../nn/module';
import type { Engine } from '../tensorflow/engine';
import { decodeSafetensors } from './safetensors';
import { assignVariables, savedParameters } from './variables';

/**
 * Gives a module the weights of a safetensors file, such as the `model.safetensors` of a checkpoint.
 * @param module initialized
 * @throws UserError where the file cannot be read, or is of another model
 */
export async function loadWeights(engine: Engine, module: Module, file: string): Promise<void> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new UserError(`${file} cannot be read: ${messageOf(error)}`);
  });
  await assignVariables(engine, savedParameters(module.parameters()), decodeSafetensors(bytes, file), file);
}
