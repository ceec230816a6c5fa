import { DataType, type Pointer } from '../graph/c-api';
import { attribute } from '../graph/graph';
import { type Trace, currentTrace } from '../graph/trace';
import { named } from '../named';
import type * as tf from '../tf';
import { bucketsOf } from './buckets';

/** An exchange that is to be added to a graph. */
export interface ReduceRequest {
  /** What travels together; borrowed. */
  readonly tensors: readonly tf.Tensor[];
  /** What has to be done first. */
  readonly before: readonly Pointer[];
}

/** An exchange that has been added to a graph. */
export interface PendingReduce {
  readonly operation: Pointer;
  /** What has become of each tensor. */
  readonly results: readonly tf.Tensor[];
}

/**
 * Numbers of all workers, put together within a step that each of them runs. Every worker must trace the same steps in the same order,
 * and run those with such numbers in the same order, too.
 */
export abstract class Collective {
  /** The last exchange of the trace that goes on. */
  private last: { readonly trace: Trace; readonly operation: Pointer } | undefined;

  /**
   * The sum over the workers of each tensor. They travel in a few large buffers, the last tensors first, since their gradients are known
   * first: a buffer travels while others are still being computed.
   * @param tensors float32, of the same shapes on each worker; borrowed
   */
  allReduceSum(tensors: readonly tf.Tensor[]): tf.Tensor[] {
    const trace = traceGoingOn();
    const found = new Map<tf.Tensor, tf.Tensor>();
    named('workers', () => {
      for (const bucket of bucketsOf([...tensors].reverse())) {
        // One after the other, in the same order everywhere, and the first is not held up by the last.
        const before = this.last?.trace === trace ? [this.last.operation] : [];
        const { operation, results } = this.reduce(trace, { tensors: bucket, before });
        this.last = { trace, operation };
        for (const [index, tensor] of bucket.entries()) found.set(tensor, results[index] as tf.Tensor);
      }
    });
    return tensors.map((tensor) => found.get(tensor) as tf.Tensor);
  }

  /** A tensor as it is, but only when others are there. @param tensor borrowed @param others borrowed */
  withDependencies<T extends tf.Tensor>(tensor: T, others: readonly tf.Tensor[]): T {
    const trace = traceGoingOn();
    const setters = [attribute.type('T', DataType.float32)];
    const before = others.map((other) => trace.outputOf(other).oper);
    return trace.tensorFor(
      trace.graph.output(trace.graph.add('Identity', [trace.outputOf(tensor)], setters, before)),
    ) as T;
  }

  /** Adds an exchange to the graph. */
  protected abstract reduce(trace: Trace, wanted: ReduceRequest): PendingReduce;
}

function traceGoingOn(): Trace {
  const trace = currentTrace();
  if (!trace) throw new Error("workers' numbers are put together in a graph only");
  return trace;
}
