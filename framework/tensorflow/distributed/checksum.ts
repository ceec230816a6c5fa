import type { Engine } from '../engine';
import { DataType } from '../graph/c-api';
import { attribute } from '../graph/graph';
import { currentTrace } from '../graph/trace';
import * as tf from '../tf';
import type { Variable } from '../variable';

const programs = new WeakMap<Engine, ReturnType<Engine['program']>>();

/** The sum of the bits of variables, as whole numbers that overflow: it differs where one bit of them does. */
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

/** int32 of the same shape. */
function bitsOf(value: tf.Tensor): tf.Tensor {
  const trace = currentTrace();
  if (!trace) throw new Error('bits are summed in a graph only');
  const setters = [attribute.type('T', DataType.float32), attribute.type('type', DataType.int32)];
  return trace.tensorFor(trace.graph.output(trace.graph.add('Bitcast', [trace.outputOf(value)], setters)));
}
