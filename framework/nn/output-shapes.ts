import * as tf from '../tensorflow/tf';
import type { Module } from './module';

/** Shapes of the outputs of modules. */
export type OutputShapes = ReadonlyMap<Module, readonly number[]>;

/**
 * Records the shape of the last tensor that a method of each module has returned: of `forward`, whatever it is called.
 * @param models initialized, so that each module has its methods as properties
 * @returns filled as the methods are called
 */
export function recordOutputShapes(models: Readonly<Record<string, Module>>): OutputShapes {
  const shapes = new Map<Module, readonly number[]>();
  const modules = Object.values(models).flatMap((model) => [...model.modules()]);
  for (const [, module] of modules)
    for (const [name, { value: method }] of Object.entries(Object.getOwnPropertyDescriptors(module)))
      if (typeof method === 'function') record(module, name, method as Method, shapes);
  return shapes;
}

type Method = (...values: unknown[]) => unknown;

function record(module: Module, name: string, method: Method, shapes: Map<Module, readonly number[]>): void {
  const value = (...values: unknown[]) => {
    const result = method(...values);
    if (result instanceof tf.Tensor) shapes.set(module, (result as tf.Tensor).shape);
    return result;
  };
  Object.defineProperty(module, name, { value, configurable: true, writable: true });
}
