import { DataType, type Output } from './graph/c-api';
import { type Graph, attribute } from './graph/graph';
import { type Trace, currentTrace } from './graph/trace';
import { nativeBackend } from './operation';
import * as tf from './tf';

/** Seeds of a draw: stream and step. int32 [2], borrowed. */
export type Seeds = tf.Tensor1D;

type Kind = 'Normal' | 'Uniform';

/**
 * Standard normal draws from TensorFlow's Philox generator.
 * @param first number of draws of these seeds to skip; must be 0 unless a step is being traced
 * @returns float32 of that shape; the caller disposes
 */
export function statelessNormal<R extends tf.Rank>(shape: tf.ShapeMap[R], seeds: Seeds, first = 0): tf.Tensor<R> {
  return draw('Normal', shape, seeds, first) as tf.Tensor<R>;
}

/**
 * Uniform draws in [0, 1) from TensorFlow's Philox generator.
 * @param first number of draws of these seeds to skip; must be 0 unless a step is being traced
 * @returns float32 of that shape; the caller disposes
 */
export function statelessUniform<R extends tf.Rank>(shape: tf.ShapeMap[R], seeds: Seeds, first = 0): tf.Tensor<R> {
  return draw('Uniform', shape, seeds, first) as tf.Tensor<R>;
}

/** Uniform 32-bit integers from TensorFlow's Philox generator. @returns int32 of that shape; the caller disposes */
export function statelessBits<R extends tf.Rank>(shape: tf.ShapeMap[R], seeds: Seeds): tf.Tensor<R> {
  const { TF_INT32 } = nativeBackend().binding;
  return stateless('UniformFullInt', shape, seeds, TF_INT32) as tf.Tensor<R>;
}

function draw(kind: Kind, shape: readonly number[], seeds: Seeds, first: number): tf.Tensor {
  return first === 0 ? stateless(kind, shape, seeds) : statelessFrom(kind, shape, seeds, first);
}

function stateless(
  kind: Kind | 'UniformFullInt',
  shape: readonly number[],
  seeds: Seeds,
  type = nativeBackend().binding.TF_FLOAT,
): tf.Tensor {
  const backend = nativeBackend();
  const { TF_ATTR_TYPE, TF_INT32 } = backend.binding;
  const attributes = [
    { name: 'dtype', type: TF_ATTR_TYPE, value: type },
    { name: 'T', type: TF_ATTR_TYPE, value: TF_INT32 },
    { name: 'Tseed', type: TF_ATTR_TYPE, value: TF_INT32 },
  ];
  const operation = `StatelessRandom${kind}`;
  return tf.tidy(() => backend.executeSingleOutput(operation, attributes, [tf.tensor1d([...shape], 'int32'), seeds]));
}

/** Draws per counter value of the generator: Philox4x32. */
const DRAWS_PER_COUNTER = 4;
/** TensorFlow's number of the Philox generator. */
const PHILOX = 1;

/** Draws from an offset in the sequence. The generator is counter-based, so any offset is possible. */
function statelessFrom(kind: Kind, shape: readonly number[], seeds: Seeds, first: number): tf.Tensor {
  const trace = currentTrace();
  if (!trace) throw new Error('draws can only be skipped in a graph');
  const size = shape.reduce((product, side) => product * side, 1);
  const before = first % DRAWS_PER_COUNTER;
  const draws = trace.tensorFor(drawsFrom(trace, kind, before + size, seeds, (first - before) / DRAWS_PER_COUNTER));
  return tf.reshape(before === 0 ? draws : tf.slice(draws, before, size), [...shape]);
}

function drawsFrom(trace: Trace, kind: Kind, count: number, seeds: Seeds, counters: number): Output {
  const { graph } = trace;
  const keyAndCounter = graph.add(
    'StatelessRandomGetKeyCounter',
    [trace.outputOf(seeds)],
    [attribute.type('Tseed', DataType.int32)],
  );
  const counter = advance(graph, graph.output(keyAndCounter, 1), counters);
  const shape = graph.constant(DataType.int32, [1], Int32Array.of(count));
  const algorithm = graph.constant(DataType.int32, [], Int32Array.of(PHILOX));
  const setters = [attribute.type('dtype', DataType.float32), attribute.type('Tshape', DataType.int32)];
  const inputs = [shape, graph.output(keyAndCounter, 0), counter, algorithm];
  return graph.output(graph.add(`StatelessRandom${kind}V2`, inputs, setters));
}

/** Advances a counter. @param counter uint64 [2], lower half first; the lower half starts at 0 */
function advance(graph: Graph, counter: Output, by: number): Output {
  const cast = (value: Output, from: number, to: number): Output =>
    graph.output(graph.add('Bitcast', [value], [attribute.type('T', from), attribute.type('type', to)]));
  const distance = graph.constant(DataType.int64, [2], BigInt64Array.of(BigInt(by), 0n));
  const inputs = [cast(counter, DataType.uint64, DataType.int64), distance];
  const sum = graph.output(graph.add('AddV2', inputs, [attribute.type('T', DataType.int64)]));
  return cast(sum, DataType.int64, DataType.uint64);
}
