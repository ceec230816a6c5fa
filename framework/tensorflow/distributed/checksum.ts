import type { Engine } from '../engine';
import { DataType } from '../graph/c-api';
import { attribute } from '../graph/graph';
import { currentTrace } from '../graph/trace';
import * as tf from '../tf';
import type { Variable } from '../variable';

const programs = new WeakMap<Engine, ReturnType<Engine['program']>>();

/** Sum of the bits of variables as int32 with overflow: it differs if a single bit differs. */
export async function checksumOf(engine: Engine, variables: readonly Variable[]): Promise<number> {
  const known =
    programs.get(engine) ??
    engine.program('checksum', () => [tf.addN(variables.map(({ value }) => tf.sum(bitsOf(value))))]);
  programs.set(engine, known);
  const [sum] = await known.run();
  const [number = NaN] = (await sum?.data()) ?? [];
  sum?.dispose();
  return number;
}

/** Bits of float32 values, as int32 of the same shape. */
function bitsOf(value: tf.Tensor): tf.Tensor {
  const trace = currentTrace();
  if (!trace) throw new Error('checksums can only be computed in a graph');
  const setters = [attribute.type('T', DataType.float32), attribute.type('type', DataType.int32)];
  return trace.tensorFor(trace.graph.output(trace.graph.add('Bitcast', [trace.outputOf(value)], setters)));
}
