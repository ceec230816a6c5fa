import type { Program } from '../../tensorflow/engine';
import * as tf from '../../tensorflow/tf';
import { type TensorRecord, partOf } from './tensor-record';

/**
 * Runs a program on a micro-batch.
 * @param inputs of the whole batch; borrowed
 * @param scalars further inputs, which come first; borrowed
 * @param part index of the micro-batch, the input after the scalars
 * @returns the values of its outputs
 */
export async function runPart(
  program: Program,
  inputs: TensorRecord,
  scalars: readonly tf.Tensor[],
  part: number,
  parts: number,
): Promise<Float32Array[]> {
  const ofPart = Object.values(inputs).map((input) => partOf(input, part, parts));
  const number = tf.scalar(part, 'int32');
  try {
    return await readAll(await program.run(...scalars, number, ...ofPart));
  } finally {
    tf.dispose([number, ...ofPart]);
  }
}

/** Reads float32 tensors. @param tensors disposed */
export async function readAll(tensors: readonly tf.Tensor[]): Promise<Float32Array[]> {
  const values = await Promise.all(tensors.map((tensor) => tensor.data<'float32'>()));
  tf.dispose([...tensors]);
  return values;
}

/** The numbers of scalars. */
export function numbersOf(scalars: readonly Float32Array[]): number[] {
  return scalars.map(([number = NaN]) => number);
}
