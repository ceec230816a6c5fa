import { UserError } from '../errors';
import type { ExponentialAverage } from '../nn/exponential-average';
import type { FileLayout, Parameter } from '../nn/parameter';
import type { OptimizerVariable } from '../kinds/optimizer';
import type { Engine } from '../tensorflow/engine';
import * as tf from '../tensorflow/tf';
import type { Variable } from '../tensorflow/variable';
import type { NamedArray } from './safetensors';

/** A variable as a checkpoint keeps it: under PyTorch's name, its axes in PyTorch's order. */
export interface SavedVariable {
  readonly name: string;
  readonly variable: Variable;
  readonly layout: FileLayout;
}

export function savedParameters(parameters: Iterable<[string, Parameter]>): SavedVariable[] {
  return [...parameters].map(([name, { state, layout }]) => ({ name, variable: state, layout }));
}

/** Averages of parameters, under the parameters' names: a file of them is one of a model. */
export function savedAverage(
  { variables }: ExponentialAverage,
  parameters: Iterable<[string, Parameter]>,
): SavedVariable[] {
  return [...parameters].flatMap(([name, parameter]) => {
    const variable = variables.get(parameter);
    return variable ? [{ name, variable, layout: parameter.layout }] : [];
  });
}

export function savedOptimizer(variables: readonly OptimizerVariable[]): SavedVariable[] {
  return variables.map(({ variable, parameter }) => ({ name: variable.name, variable, layout: parameter.layout }));
}

/** A variable that goes with no parameter. */
export function savedVariable(variable: Variable): SavedVariable {
  return { name: variable.name, variable, layout: undefined };
}

/** Reads the variables' values, their axes in the file's order. */
export async function readVariables(engine: Engine, variables: readonly SavedVariable[]): Promise<NamedArray[]> {
  const values = await engine.read(variables.map(({ variable }) => variable));
  return variables.map(({ name, variable, layout }, index) => {
    const data = values[index] ?? new Float32Array();
    return { name, ...reordered(data, variable.shape, layout) };
  });
}

/** An array with its axes in another order. */
function reordered(data: Float32Array, shape: readonly number[], order: FileLayout): Omit<NamedArray, 'name'> {
  if (!order) return { shape, data };
  const transposed = tf.tidy(() => tf.transpose(tf.tensor(data, [...shape], 'float32'), [...order]));
  const array = { shape: transposed.shape, data: transposed.dataSync<'float32'>() };
  transposed.dispose();
  return array;
}

/**
 * Gives variables the values of a file: all of them, or none.
 * @param file named in errors
 * @throws UserError listing every difference in names and shapes
 */
export async function assignVariables(
  engine: Engine,
  variables: readonly SavedVariable[],
  arrays: readonly NamedArray[],
  file: string,
): Promise<void> {
  const byName = new Map(arrays.map((array) => [array.name, array]));
  const differences = variables.flatMap((saved) => differenceOf(saved, byName.get(saved.name)));
  const known = new Set(variables.map(({ name }) => name));
  differences.push(...arrays.filter(({ name }) => !known.has(name)).map(({ name }) => `${name}: only in the file`));
  if (differences.length > 0)
    throw new UserError(`${file} is of another model; nothing was loaded.`, { hints: differences });
  const values = variables.map(({ name, variable, layout }): [Variable, Float32Array] => {
    const { shape, data } = byName.get(name) ?? { shape: [], data: new Float32Array() };
    return [variable, reordered(data, shape, layout && inverse(layout)).data];
  });
  await engine.write(values);
}

function differenceOf({ name, variable, layout }: SavedVariable, array: NamedArray | undefined): string[] {
  if (!array) return [`${name}: missing in the file`];
  const wanted = layout ? layout.map((axis) => variable.shape[axis]) : variable.shape;
  if (wanted.join() === array.shape.join()) return [];
  return [`${name}: [${array.shape.join(', ')}] in the file, [${wanted.join(', ')}] here`];
}

function inverse(permutation: readonly number[]): number[] {
  return permutation.map((_, axis) => permutation.indexOf(axis));
}
