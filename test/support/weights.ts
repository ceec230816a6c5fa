import { assignVariables, readVariables, savedParameters } from '../../framework/checkpoint/variables';
import type { Module } from '../../framework/nn/module';
import { Random } from '../../framework/random/random';

/** Gives the numbers of a parameter, in PyTorch's order of its axes. @param place among the parameters, in PyTorch's order */
export type Weight = (name: string, shape: readonly number[], place: number) => ArrayLike<number>;

/** Gives every parameter of a module its numbers. */
export function fillWeights(module: Module, weight: Weight): void {
  module.initialize(Random.fromSeed(1));
  const saved = savedParameters(module.parameters());
  const arrays = saved.map(({ name, variable, layout }, place) => {
    const shape = layout ? layout.map((axis) => variable.shape[axis]!) : variable.shape;
    return { name, shape, data: Float32Array.from(weight(name, shape, place)) };
  });
  assignVariables(saved, arrays, 'the test');
}

/** Gives every parameter of a module its numbers, which are named: all of them, in PyTorch's order of the axes. */
export function setWeights(module: Module, weights: Readonly<Record<string, readonly number[]>>): void {
  fillWeights(module, (name) => weights[name] ?? []);
}

/** The numbers of every parameter, in PyTorch's order of the axes. */
export async function weightsOf(module: Module): Promise<Map<string, number[]>> {
  const arrays = await readVariables(savedParameters(module.parameters()));
  return new Map(arrays.map(({ name, data }) => [name, Array.from(data)]));
}
