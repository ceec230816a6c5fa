import * as tf from '../tf';
import type { Variable } from '../variable';
import { type Output, DataType } from './c-api';
import { Graph, attribute } from './graph';
import { Trace, codeOf } from './trace';

/** Body of a loop. @param index index of the iteration; int32 */
export type Repeated = (value: tf.Tensor, index: tf.Scalar, ...constants: tf.Tensor[]) => tf.Tensor;

/** Body of a loop with several values. @returns their next values */
export type LoopBody = (
  index: tf.Scalar,
  values: readonly tf.Tensor[],
  constants: readonly tf.Tensor[],
) => readonly tf.Tensor[];

/**
 * Adds a loop to a graph: the step is traced once, into a function that TensorFlow calls for every iteration.
 * @param initial values for the first iteration
 * @param constants further inputs of every iteration
 * @returns the last values
 */
export function addLoop(
  trace: Trace,
  count: number,
  initial: readonly tf.Tensor[],
  constants: readonly tf.Tensor[],
  step: LoopBody,
): tf.Tensor[] {
  const body = new BodyTrace(trace);
  try {
    const passed = [...initial, ...constants];
    const traced = body.run(
      (index, ...inputs) => {
        const [values, rest] = [inputs.slice(0, initial.length), inputs.slice(initial.length)];
        return [tf.add(index, tf.scalar(1, 'int32')), ...step(index as tf.Scalar, values, rest), ...rest];
      },
      [{ shape: [], dtype: 'int32' }, ...passed],
    );
    const variables = [...body.captured.keys()];
    const captured = [...body.captured.values()].map(({ input }) => input);
    const inputs = [...traced.inputs, ...captured];
    const outputs = [...traced.outputs.map(({ output }) => output), ...captured];
    const start = [...passed, ...variables.map(({ value }) => value)];
    const types = [DataType.int32, ...start.map(({ dtype }) => codeOf(dtype))];
    const index = trace.graph.constant(DataType.int32, [], Int32Array.of(0));
    const loop = trace.graph.add(
      'StatelessWhile',
      [index, ...start.map((tensor) => trace.outputOf(tensor))],
      [
        attribute.types('T', types),
        attribute.function('cond', addCondition(trace.graph, count, types)),
        attribute.function('body', trace.graph.addFunction('Body', body.graph, inputs, outputs)),
      ],
    );
    return initial.map((_, position) => trace.tensorFor(trace.graph.output(loop, 1 + position)));
  } finally {
    body.dispose();
  }
}

/** Traces the body of a loop into a separate graph. Variables are inputs with their values from before the loop. */
class BodyTrace extends Trace {
  readonly captured = new Map<Variable, { readonly input: Output; readonly tensor: tf.Tensor }>();

  constructor(outer: Trace) {
    super(new Graph(), 'body', rejectAssignment, outer.plain, outer);
    this.graph.recording = outer.graph.recording;
  }

  override tensorOf(variable: Variable): tf.Tensor {
    const known = this.captured.get(variable);
    if (known) return known.tensor;
    const input = this.graph.placeholder(DataType.float32, variable.shape);
    const tensor = tf.keep(this.tensorFor(input));
    this.captured.set(variable, { input, tensor });
    return tensor;
  }

  override assign(variable: Variable): never {
    return rejectAssignment(variable);
  }

  dispose(): void {
    for (const { tensor } of this.captured.values()) tensor.dispose();
    this.graph.dispose();
  }
}

function rejectAssignment({ name }: Variable): never {
  throw new Error(`${name} cannot be assigned within a loop`);
}

/** Adds the condition of a loop: index < count. @param types types of the loop variables, the index first */
function addCondition(graph: Graph, count: number, types: readonly number[]): string {
  const condition = new Graph();
  condition.recording = graph.recording;
  const inputs = types.map((type) => condition.placeholder(type, undefined));
  const limit = condition.constant(DataType.int32, [], Int32Array.of(count));
  const less = condition.add('Less', [...inputs.slice(0, 1), limit], [attribute.type('T', DataType.int32)]);
  const name = graph.addFunction('Condition', condition, inputs, [condition.output(less)]);
  condition.dispose();
  return name;
}
