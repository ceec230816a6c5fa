import { UserError } from '../errors';
import type { FileLayout, Parameter } from '../nn/parameter';
import type { OptimizerVariable } from '../kinds/optimizer';
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

export function savedOptimizer(variables: readonly OptimizerVariable[]): SavedVariable[] {
  return variables.map(({ variable, parameter }) => ({ name: variable.name, variable, layout: parameter.layout }));
}

/** Reads the variables' values off the device. */
export async function readVariables(variables: readonly SavedVariable[]): Promise<NamedArray[]> {
  const arrays: NamedArray[] = [];
  for (const { name, variable, layout } of variables) {
    const ordered = layout ? tf.transpose(variable.value, [...layout]) : tf.clone(variable.value);
    arrays.push({ name, shape: ordered.shape, data: (await ordered.data()) as Float32Array });
    ordered.dispose();
  }
  return arrays;
}

/**
 * Gives variables the values of a file: all of them, or none.
 * @param file named in errors
 * @throws UserError listing every difference in names and shapes
 */
export function assignVariables(
  variables: readonly SavedVariable[],
  arrays: readonly NamedArray[],
  file: string,
): void {
  const byName = new Map(arrays.map((array) => [array.name, array]));
  const differences = variables.flatMap((saved) => differenceOf(saved, byName.get(saved.name)));
  const known = new Set(variables.map(({ name }) => name));
  differences.push(...arrays.filter(({ name }) => !known.has(name)).map(({ name }) => `${name}: only in the file`));
  if (differences.length > 0)
    throw new UserError(`${file} is of another model; nothing was loaded.`, { hints: differences });
  for (const { name, variable, layout } of variables) {
    const array = byName.get(name);
    if (array) assign(variable, array, layout);
  }
}

function assign(variable: Variable, { shape, data }: NamedArray, layout: FileLayout): void {
  tf.tidy(() => {
    const stored = tf.tensor(data, [...shape], 'float32');
    variable.assign(layout ? tf.transpose(stored, inverse(layout)) : stored);
  });
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
