import { createHash } from 'node:crypto';
import { UserError } from '../errors';
import * as tf from '../tensorflow/tf';

/** Numbers with a shape; the examples are along the first axis. */
export interface NdArray {
  /** Of float32, int32, or uint8, which becomes int32. */
  readonly data: Float32Array | Int32Array | Uint8Array;
  readonly shape: readonly number[];
}

/** A batch of examples: arrays by name, all with the same number of examples. */
export type ArrayRecord = Readonly<Record<string, NdArray>>;

/** Tensors of the arrays of a batch, by name. */
export type TensorsOf<Batch extends ArrayRecord> = { readonly [Name in keyof Batch]: tf.Tensor };

/** Converts a batch to tensors of dtype float32 or int32; the caller disposes. */
export function toTensors<Batch extends ArrayRecord>(batch: Batch): TensorsOf<Batch> {
  const tensors = Object.entries(batch).map(([name, { data, shape }]) => {
    const isFloat = data instanceof Float32Array;
    return [name, tf.tensor(data, [...shape], isFloat ? 'float32' : 'int32')] as const;
  });
  return Object.fromEntries(tensors) as TensorsOf<Batch>;
}

/** Number of examples. @throws UserError if the arrays differ in it, or one has not as many numbers as its shape says */
export function countOf(batch: ArrayRecord): number {
  const counts = Object.entries(batch).map(([name, { data, shape }]) => {
    const size = shape.reduce((product, length) => product * length, 1);
    if (size === data.length && shape.length > 0) return [name, shape[0] ?? 0] as const;
    throw new UserError(`The array ${name} has ${data.length} numbers, but its shape is [${shape.join(', ')}].`);
  });
  const [first] = counts;
  const other = counts.find(([, count]) => count !== first?.[1]);
  if (!first) throw new UserError('A batch without arrays.');
  if (!other) return first[1];
  throw new UserError(`The array ${first[0]} has ${first[1]} examples, but ${other[0]} has ${other[1]}.`);
}

/** Selects examples. @param indices each in [0, count) */
export function takeExamples<Batch extends ArrayRecord>(batch: Batch, indices: ArrayLike<number>): Batch {
  const selected = Object.entries(batch).map(([name, array]) => [name, takeRows(array, indices)] as const);
  return Object.fromEntries(selected) as unknown as Batch;
}

function takeRows({ data, shape }: NdArray, indices: ArrayLike<number>): NdArray {
  const [count = 0, ...rest] = shape;
  const size = rest.reduce((product, length) => product * length, 1);
  const taken = data.slice(0, 0).constructor as Float32ArrayConstructor;
  const rows = new taken(indices.length * size);
  for (let row = 0; row < indices.length; row++) {
    const index = indices[row] ?? -1;
    if (!(index >= 0 && index < count)) throw new RangeError(`Index ${index} is out of range: 0 to ${count - 1}.`);
    rows.set(data.subarray(index * size, (index + 1) * size), row * size);
  }
  return { data: rows, shape: [indices.length, ...rest] };
}

/** SHA-256 of the shapes and numbers, in hexadecimal. */
export function hashOfArrays(batch: ArrayRecord): string {
  const hash = createHash('sha256');
  for (const [name, { data, shape }] of Object.entries(batch)) {
    hash.update(`${name}\0${shape.join()}\0`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}
