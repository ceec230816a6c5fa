import { DataType, type Pointer } from '../graph/c-api';
import { attribute } from '../graph/graph';
import { type Trace, currentTrace } from '../graph/trace';
import { named } from '../named';
import type * as tf from '../tf';
import { bucketsOf } from './buckets';

/** An exchange to be added to a graph. */
export interface ReduceRequest {
  /** Tensors to be reduced together; borrowed. */
  readonly tensors: readonly tf.Tensor[];
  /** Operations that must run first. */
  readonly before: readonly Pointer[];
}

/** An exchange that has been added to a graph. */
export interface PendingReduce {
  readonly operation: Pointer;
  /** Result for each tensor. */
  readonly results: readonly tf.Tensor[];
}

/**
 * Collective operations over all workers within a step that each of them runs. Every worker must trace the same steps in the same order,
 * and run those with collectives in the same order.
 */
export abstract class Collective {
  /** Last exchange of the current trace. */
  private last: { readonly trace: Trace; readonly operation: Pointer } | undefined;

  /**
   * The sum over the workers of each tensor. They are sent in a few large buffers, the last tensors first, since their gradients are computed
   * first: a buffer is sent while others are still being computed.
   * @param tensors float32, of the same shapes on each worker; borrowed
   */
  allReduceSum(tensors: readonly tf.Tensor[]): tf.Tensor[] {
    const trace = requireTrace();
    const sums = new Map<tf.Tensor, tf.Tensor>();
    named('workers', () => {
      for (const bucket of bucketsOf([...tensors].reverse())) {
        // One after the other, in the same order everywhere, so that the first does not wait for the last.
        const before = this.last?.trace === trace ? [this.last.operation] : [];
        const { operation, results } = this.reduce(trace, { tensors: bucket, before });
        this.last = { trace, operation };
        for (const [index, tensor] of bucket.entries()) sums.set(tensor, results[index] as tf.Tensor);
      }
    });
    return tensors.map((tensor) => sums.get(tensor) as tf.Tensor);
  }

  /** The same tensor, available only after others are. @param tensor borrowed @param others borrowed */
  withDependencies<T extends tf.Tensor>(tensor: T, others: readonly tf.Tensor[]): T {
    const trace = requireTrace();
    const setters = [attribute.type('T', DataType.float32)];
    const before = others.map((other) => trace.outputOf(other).oper);
    return trace.tensorFor(
      trace.graph.output(trace.graph.add('Identity', [trace.outputOf(tensor)], setters, before)),
    ) as T;
  }

  /** Adds an exchange to the graph. */
  protected abstract reduce(trace: Trace, request: ReduceRequest): PendingReduce;
}

function requireTrace(): Trace {
  const trace = currentTrace();
  if (!trace) throw new Error('collective operations need a graph');
  return trace;
}
