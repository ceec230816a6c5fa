import * as tf from '../../../framework/tensorflow/tf';

/** Makes an input. @param nth which input of the operation it is: the numbers of each differ */
export type Input<T extends tf.Tensor = tf.Tensor> = (nth: number) => T;

/** An operation that a model's code may use, with inputs to try it on. */
export interface Operation {
  /** The name in TensorFlow.js, then what is special about the case. */
  readonly name: string;
  readonly inputs: readonly Input[];
  readonly apply: (...inputs: tf.Tensor[]) => tf.Tensor;
}

/** Operations by their headings in the document. */
export type Groups = Readonly<Record<string, readonly Operation[]>>;

interface OfRank {
  0: tf.Scalar;
  1: tf.Tensor1D;
  2: tf.Tensor2D;
  3: tf.Tensor3D;
  4: tf.Tensor4D;
  5: tf.Tensor5D;
}
type Shaped<S extends number[]> = OfRank[S['length'] & keyof OfRank];

/** An operation whose inputs have types of their own. */
export function operation<T extends tf.Tensor[]>(
  name: string,
  inputs: readonly [...{ [K in keyof T]: Input<T[K]> }],
  apply: (...inputs: T) => tf.Tensor,
): Operation {
  return { name, inputs: inputs, apply: apply as Operation['apply'] };
}

/** Operations of the same inputs. */
export function operations(
  inputs: readonly Input[],
  functions: Readonly<Record<string, Operation['apply']>>,
): Operation[] {
  return Object.entries(functions).map(([name, apply]) => ({ name, inputs, apply }));
}

/**
 * Numbers between -1.3 and 1.3, none of them equal and all of them at least 0.05 from the multiples of 1/4, so that finite differences do
 * not step over a kink.
 */
export const real = <S extends number[]>(...shape: S): Input<Shaped<S>> => floats(shape, (number) => number);

/** Numbers between 0.3 and 1.6. */
export const positive = <S extends number[]>(...shape: S): Input<Shaped<S>> =>
  floats(shape, (number) => number / 2 + 0.95);

/** Numbers between -0.8 and 0.8. */
export const inUnit = <S extends number[]>(...shape: S): Input<Shaped<S>> => floats(shape, (number) => number * 0.6);

/** Integers from 0 to `count` - 1. */
export const indices =
  <S extends number[]>(count: number, ...shape: S): Input<Shaped<S>> =>
  (nth) =>
    tensorOf(shape, 'int32', (index) => (7 * index + 3 + nth) % count);

/** Every third true. */
export const booleans =
  <S extends number[]>(...shape: S): Input<Shaped<S>> =>
  (nth) =>
    tensorOf(shape, 'bool', (index) => Number((index + nth) % 3 === 0));

/** Spread by the golden ratio, which keeps neighbours apart. */
const GOLDEN = 0.618034;

function floats<S extends number[]>(shape: S, change: (number: number) => number): Input<Shaped<S>> {
  return (nth) =>
    tensorOf(shape, 'float32', (index) => {
      const number = 2.6 * (((index + 1 + 0.37 * nth) * GOLDEN) % 1) - 1.3;
      const floor = Math.floor(4 * number) / 4;
      return change(floor + 0.05 + 0.6 * (number - floor));
    });
}

function tensorOf<S extends number[]>(
  shape: S,
  dtype: 'float32' | 'int32' | 'bool',
  numberAt: (index: number) => number,
): Shaped<S> {
  const size = shape.reduce((product, side) => product * side, 1);
  const numbers = Array.from({ length: size }, (_, index) => numberAt(index));
  return tf.tensor(numbers, shape, dtype) as unknown as Shaped<S>;
}
