import type { ModuleVariable } from '../../nn/module-variable';
import * as tf from '../../tensorflow/tf';
import { Variable } from '../../tensorflow/variable';

/** Means of gradients, or of new values of buffers, over the micro-batches of one step. They do not outlive the step, so checkpoints do not contain them. */
export class Accumulators<Of extends ModuleVariable> {
  private readonly sums = new Map<Of, Variable>();

  /**
   * Adds the values of one micro-batch, divided by the number of parts, within a step.
   * @param values borrowed
   * @param part int32 index of the micro-batch; 0 resets the sums
   */
  add(values: ReadonlyMap<Of, tf.Tensor>, part: tf.Scalar, parts: number): void {
    const isFirst = tf.equal(part, tf.scalar(0, 'int32'));
    for (const [variable, value] of values) {
      const sum = this.sumOf(variable);
      const before = tf.where(isFirst, tf.fill([...variable.shape], 0), sum.value);
      sum.assign(tf.add(before, tf.div(value, parts)));
    }
  }

  /** Means over the micro-batches, within a step; borrowed. */
  get means(): ReadonlyMap<Of, tf.Tensor> {
    return new Map([...this.sums].map(([variable, { value }]) => [variable, value]));
  }

  private sumOf(variable: Of): Variable {
    const existing = this.sums.get(variable);
    if (existing) return existing;
    const sum = new Variable(`${variable.name}.accumulated`, variable.shape);
    sum.initialize(() => tf.fill([...variable.shape], 0));
    this.sums.set(variable, sum);
    return sum;
  }

  /** Frees the sums' tensors. */
  dispose(): void {
    for (const sum of this.sums.values()) sum.dispose();
  }
}
