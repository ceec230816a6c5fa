import type { Module } from '../../framework/nn/module';
import type { Parameter } from '../../framework/nn/parameter';
import { Random } from '../../framework/random/random';
import type { Engine } from '../../framework/tensorflow/engine';
import * as tf from '../../framework/tensorflow/tf';
import { numbersOf } from './close';

/** Gives the numbers of a parameter, in PyTorch's order of its axes. @param position among the parameters, in PyTorch's order */
export type Weight = (name: string, shape: readonly number[], position: number) => ArrayLike<number>;

/** Gives every parameter of a module its numbers. */
export function fillWeights(module: Module, weight: Weight): void {
  module.initialize(Random.fromSeed(1));
  for (const [position, [name, parameter]] of [...module.parameters()].entries()) {
    const shape = torchShape(parameter);
    const numbers = Float32Array.from(weight(name, shape, position));
    tf.tidy(() => parameter.state.assign(fromTorch(parameter, tf.tensor(numbers, [...shape]))));
  }
}

/** Gives every parameter of a module its numbers, which are named: all of them, in PyTorch's order of the axes. */
export function setWeights(module: Module, weights: Readonly<Record<string, readonly number[]>>): void {
  fillWeights(module, (name) => weights[name] ?? []);
}

/** The numbers of every parameter, in PyTorch's order of the axes. */
export function weightsOf(module: Module): Map<string, number[]> {
  return new Map(
    [...module.parameters()].map(([name, parameter]) => [name, torchNumbers(parameter, parameter.value)] as const),
  );
}

/** The same for a module whose variables an engine may hold. */
export async function weightsIn(engine: Engine, module: Module): Promise<Map<string, number[]>> {
  const parameters = [...module.parameters()];
  const values = await engine.read(parameters.map(([, { state }]) => state));
  return new Map(
    parameters.map(([name, parameter], index) => {
      const stored = tf.tensor(values[index]!, [...parameter.shape]);
      const numbers = torchNumbers(parameter, stored);
      stored.dispose();
      return [name, numbers] as const;
    }),
  );
}

/** The shape of a parameter in PyTorch. */
export function torchShape({ shape, layout }: Parameter): readonly number[] {
  return layout?.map((axis) => shape[axis]!) ?? shape;
}

/** What has the shape of a parameter, its numbers in PyTorch's order. @param values borrowed */
export function torchNumbers({ layout }: Parameter, values: tf.Tensor): number[] {
  return numbersOf(layout ? tf.transpose(values, [...layout]) : tf.clone(values));
}

function fromTorch({ layout }: Parameter, values: tf.Tensor): tf.Tensor {
  return layout
    ? tf.transpose(
        values,
        layout.map((_, axis) => layout.indexOf(axis)),
      )
    : values;
}
