import { UserError } from '../errors';
import type { ExponentialAverage } from '../nn/exponential-average';
import type { FileLayout, Parameter } from '../nn/parameter';
import type { OptimizerVariable } from '../kinds/optimizer';
import type { Engine } from '../tensorflow/engine';
import * as tf from '../tensorflow/tf';
import type { Variable } from '../tensorflow/variable';
import { differingPrefix, withoutPrefix } from './name-prefix';
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

/** The shape that a variable has in a file. */
export function shapeInFile({ variable, layout }: SavedVariable): readonly number[] {
  return layout ? layout.map((axis) => variable.shape[axis] ?? 0) : variable.shape;
}

/** How the arrays of a file are others than the variables that are to take them: a line for each difference in names and shapes. */
export function differencesBetween(
  variables: readonly SavedVariable[],
  arrays: readonly Pick<NamedArray, 'name' | 'shape'>[],
): string[] {
  const byName = new Map(arrays.map((array) => [array.name, array.shape]));
  const known = new Set(variables.map(({ name }) => name));
  const others = arrays.filter(({ name }) => !known.has(name));
  return [
    ...variables.flatMap((saved) => differenceOf(saved, byName.get(saved.name))),
    ...others.map(({ name }) => `${name}: only in the file`),
  ];
}

function differenceOf(saved: SavedVariable, shape: readonly number[] | undefined): string[] {
  if (!shape) return [`${saved.name}: missing in the file`];
  const wanted = shapeInFile(saved);
  if (wanted.join() === shape.join()) return [];
  return [`${saved.name}: [${shape.join(', ')}] in the file, [${wanted.join(', ')}] here`];
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
  const differences = differencesBetween(variables, arrays);
  if (differences.length > 0) throw ofAnotherModel(file, prefixDifference(variables, arrays) ?? differences);
  const byName = new Map(arrays.map((array) => [array.name, array]));
  for (const saved of variables) {
    const array = byName.get(saved.name);
    if (array) await assign(engine, saved, array.data);
  }
}

/** The differences, if a prefix is the only difference between the names; undefined otherwise. */
function prefixDifference(variables: readonly SavedVariable[], arrays: readonly NamedArray[]): string[] | undefined {
  const names = arrays.map(({ name }) => name);
  const prefix = differingPrefix(
    names,
    variables.map(({ name }) => name),
  );
  if (prefix === undefined) return undefined;
  const renamed = `{name.removeprefix(${JSON.stringify(prefix)}): weight for name, weight in weights.items()}`;
  return [
    `All names in the file begin with ${JSON.stringify(prefix)}, and no name here does.`,
    `In Python, before the weights are saved: ${renamed}`,
    ...differencesBetween(variables, withoutPrefix(arrays, prefix)),
  ];
}

export function ofAnotherModel(file: string, differences: readonly string[]): UserError {
  return new UserError(`${file} is of another model; nothing was loaded.`, { hints: differences });
}

/** Gives a variable its value. @param numbers as a file has them, their shape `shapeInFile` */
export function assign(engine: Engine, saved: SavedVariable, numbers: Float32Array): Promise<void> {
  const { variable, layout } = saved;
  return engine.write([[variable, layout ? reordered(numbers, shapeInFile(saved), inverse(layout)) : numbers]]);
}

/** Numbers with their axes in another order. */
function reordered(numbers: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  const transposed = tf.tidy(() => tf.transpose(tf.tensor(numbers, [...shape], 'float32'), [...order]));
  const data = transposed.dataSync<'float32'>();
  transposed.dispose();
  return data;
}

function inverse(permutation: readonly number[]): number[] {
  return permutation.map((_, axis) => permutation.indexOf(axis));
}
