import { UserError } from '../errors';
import type { ExponentialAverage } from '../nn/exponential-average';
import type { Module } from '../nn/module';
import type { FileLayout, Parameter } from '../nn/parameter';
import type { OptimizerVariable } from '../kinds/optimizer';
import type { Engine } from '../tensorflow/engine';
import * as tf from '../tensorflow/tf';
import type { Variable } from '../tensorflow/variable';
import { differingPrefix, withoutPrefix } from './name-prefix';
import type { NamedArray } from './safetensors';

/** A variable as saved in a checkpoint: with PyTorch's name and order of axes. */
export interface SavedVariable {
  readonly name: string;
  readonly variable: Variable;
  readonly layout: FileLayout;
}

export function savedParameters(parameters: Iterable<[string, Parameter]>): SavedVariable[] {
  return [...parameters].map(([name, { state, layout }]) => ({ name, variable: state, layout }));
}

/** Parameters and buffers. */
export function savedWeights(module: Module): SavedVariable[] {
  return [...savedParameters(module.parameters()), ...savedBuffers(module)];
}

function savedBuffers(module: Module): SavedVariable[] {
  return [...module.buffers()].map(([name, { state }]) => ({ name, variable: state, layout: undefined }));
}

/** Averages of parameters, with the parameters' names, and the buffers, so that their file can be loaded as a model. */
export function savedAverage({ variables }: ExponentialAverage, module: Module): SavedVariable[] {
  const averages = [...module.parameters()].flatMap(([name, parameter]) => {
    const variable = variables.get(parameter);
    return variable ? [{ name, variable, layout: parameter.layout }] : [];
  });
  return [...averages, ...savedBuffers(module)];
}

export function savedOptimizer(variables: readonly OptimizerVariable[]): SavedVariable[] {
  return variables.map(({ variable, parameter }) => ({ name: variable.name, variable, layout: parameter.layout }));
}

/** A variable that does not belong to a parameter. */
export function savedVariable(variable: Variable): SavedVariable {
  return { name: variable.name, variable, layout: undefined };
}

/** Shape of a variable in a file. */
export function shapeInFile({ variable, layout }: SavedVariable): readonly number[] {
  return layout ? layout.map((axis) => variable.shape[axis] ?? 0) : variable.shape;
}

/** Describes the differences between variables and the arrays of a file: a line for each difference in names and shapes. */
export function differencesBetween(
  variables: readonly SavedVariable[],
  arrays: readonly Pick<NamedArray, 'name' | 'shape'>[],
): string[] {
  const byName = new Map(arrays.map((array) => [array.name, array.shape]));
  const known = new Set(variables.map(({ name }) => name));
  const extra = arrays.filter(({ name }) => !known.has(name));
  return [
    ...variables.flatMap((saved) => differenceOf(saved, byName.get(saved.name))),
    ...extra.map(({ name }) => `${name}: only in the file`),
  ];
}

function differenceOf(saved: SavedVariable, shape: readonly number[] | undefined): string[] {
  if (!shape) return [`${saved.name}: missing in the file`];
  const expected = shapeInFile(saved);
  if (expected.join() === shape.join()) return [];
  return [`${saved.name}: expected [${expected.join(', ')}], got [${shape.join(', ')}] in the file`];
}

/**
 * Assigns the arrays of a file to variables: to all of them, or none.
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
  if (differences.length > 0) throw modelMismatch(file, prefixDifference(variables, arrays) ?? differences);
  const byName = new Map(arrays.map((array) => [array.name, array]));
  for (const saved of variables) {
    const array = byName.get(saved.name);
    if (array) await assign(engine, saved, array.data);
  }
}

/** Describes the differences if the names only differ by a prefix; undefined otherwise. */
function prefixDifference(variables: readonly SavedVariable[], arrays: readonly NamedArray[]): string[] | undefined {
  const names = arrays.map(({ name }) => name);
  const prefix = differingPrefix(
    names,
    variables.map(({ name }) => name),
  );
  if (prefix === undefined) return undefined;
  const renamed = `{name.removeprefix(${JSON.stringify(prefix)}): weight for name, weight in weights.items()}`;
  return [
    `All names in the file start with ${JSON.stringify(prefix)}, which the model's names lack.`,
    `Rename them in Python before saving: ${renamed}`,
    ...differencesBetween(variables, withoutPrefix(arrays, prefix)),
  ];
}

export function modelMismatch(file: string, differences: readonly string[]): UserError {
  return new UserError(`${file} does not match the model; nothing was loaded.`, { hints: differences });
}

/** Assigns numbers to a variable. @param numbers in the layout of the file, with the shape `shapeInFile` */
export function assign(engine: Engine, saved: SavedVariable, numbers: Float32Array): Promise<void> {
  const { variable, layout } = saved;
  return engine.write([[variable, layout ? transpose(numbers, shapeInFile(saved), inverse(layout)) : numbers]]);
}

/** Reorders the axes of an array. */
function transpose(numbers: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  const transposed = tf.tidy(() => tf.transpose(tf.tensor(numbers, [...shape], 'float32'), [...order]));
  const data = transposed.dataSync<'float32'>();
  transposed.dispose();
  return data;
}

function inverse(permutation: readonly number[]): number[] {
  return permutation.map((_, axis) => permutation.indexOf(axis));
}
