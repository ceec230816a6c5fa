import { DataType, type Output, type Pointer } from '../graph/c-api';
import { attribute } from '../graph/graph';
import { type Trace, currentTrace } from '../graph/trace';
import { named } from '../named';
import * as tf from '../tf';
import { bucketsOf } from './buckets';

/** How workers' numbers are put together. */
export interface CollectiveOptions {
  /** How many workers there are. */
  readonly count: number;
  /** TensorFlow's `communication_hint`: a ring of messages by gRPC, or NVIDIA's NCCL. */
  readonly by: 'ring' | 'nccl';
}

/** The group of all workers, by its number. */
const GROUP = 1;

/** TensorFlow's `final_op`: what becomes of a sum. */
type Final = 'Id' | 'Div';

/**
 * Numbers of all workers, put together within a step that each of them runs. Every worker must trace the same steps in the same order,
 * and run those with such numbers in the same order, too.
 */
export class Collective {
  /** Every exchange of the graph has a number, the same on each worker. */
  private exchanges = 0;
  /** The last exchange of the trace that goes on. */
  private last: { readonly trace: Trace; readonly operation: Pointer } | undefined;

  constructor(private readonly options: CollectiveOptions) {}

  /**
   * The mean over the workers of each tensor. They travel in a few large buffers, the last tensors first, since their gradients are known
   * first: a buffer travels while others are still being computed.
   * @param tensors float32, of the same shapes on each worker; borrowed
   */
  means(tensors: readonly tf.Tensor[]): tf.Tensor[] {
    return this.together(tensors, 'Div');
  }

  /** The sum over the workers of each tensor. @param tensors float32, of the same shapes on each worker; borrowed */
  sums(tensors: readonly tf.Tensor[]): tf.Tensor[] {
    return this.together(tensors, 'Id');
  }

  /** A tensor as it is, but only when others are there. @param tensor borrowed @param others borrowed */
  after<T extends tf.Tensor>(tensor: T, others: readonly tf.Tensor[]): T {
    const trace = traceGoingOn();
    const setters = [attribute.type('T', DataType.float32)];
    const before = others.map((other) => trace.outputOf(other).oper);
    return trace.tensorFor(
      trace.graph.output(trace.graph.add('Identity', [trace.outputOf(tensor)], setters, before)),
    ) as T;
  }

  private together(tensors: readonly tf.Tensor[], final: Final): tf.Tensor[] {
    const results = new Map<tf.Tensor, tf.Tensor>();
    named('workers', () => {
      for (const bucket of bucketsOf([...tensors].reverse())) {
        const output = this.reduce(packed(bucket), final);
        for (const [index, part] of unpacked(output, bucket).entries()) results.set(bucket[index] as tf.Tensor, part);
      }
    });
    return tensors.map((tensor) => results.get(tensor) as tf.Tensor);
  }

  private reduce(value: tf.Tensor, final: Final): Output {
    const { count, by } = this.options;
    const trace = traceGoingOn();
    // One after the other, in the same order everywhere: NCCL demands it, and the first is not held up by the last.
    const before = this.last?.trace === trace ? [this.last.operation] : [];
    const number = (value: number) => trace.graph.constant(DataType.int32, [], Int32Array.of(value));
    const setters = [
      attribute.type('T', DataType.float32),
      attribute.string('merge_op', 'Add'),
      attribute.string('final_op', final),
      attribute.string('communication_hint', by),
    ];
    const inputs = [trace.outputOf(value), number(count), number(GROUP), number(++this.exchanges)];
    const operation = trace.graph.add('CollectiveReduceV2', inputs, setters, before);
    this.last = { trace, operation };
    return trace.graph.output(operation);
  }
}

/** One tensor of all numbers, one after the other. */
function packed(tensors: readonly tf.Tensor[]): tf.Tensor {
  const flat = tensors.map((tensor) => tf.reshape(tensor, [-1]));
  const [first] = flat;
  return first && flat.length === 1 ? first : tf.concat(flat);
}

/** The tensors that are in one of all their numbers. @param like what was packed */
function unpacked(output: Output, like: readonly tf.Tensor[]): tf.Tensor[] {
  const whole = traceGoingOn().tensorFor(output);
  const parts =
    like.length === 1
      ? [whole]
      : tf.split(
          whole,
          like.map(({ size }) => size),
        );
  return like.map(({ shape }, index) => tf.reshape(parts[index] as tf.Tensor, shape));
}

function traceGoingOn(): Trace {
  const trace = currentTrace();
  if (!trace) throw new Error("workers' numbers are put together in a graph only");
  return trace;
}
