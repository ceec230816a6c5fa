import * as tf from '../../tensorflow/tf';

/** Tensors of a batch, by name or by position; the examples are along their first axes. */
export type TensorRecord = Readonly<Record<string, tf.Tensor>> | readonly tf.Tensor[];

/** Puts tensors, in the order of `Object.values(structure)`, into a record or an array like `structure`. */
export function unflatten<T extends TensorRecord>(tensors: readonly tf.Tensor[], structure: T): T {
  if (Array.isArray(structure)) return [...tensors] as unknown as T;
  return Object.fromEntries(Object.keys(structure).map((name, index) => [name, tensors[index]])) as unknown as T;
}

/** Number of examples. */
export function sizeOf(tensors: TensorRecord): number {
  return Object.values(tensors)[0]?.shape[0] ?? 0;
}

/** A micro-batch of an input; the caller disposes. */
export function partOf(input: tf.Tensor, part: number, parts: number): tf.Tensor {
  const [count = 0] = input.shape;
  return parts === 1 ? tf.clone(input) : tf.slice(input, (part * count) / parts, count / parts);
}
