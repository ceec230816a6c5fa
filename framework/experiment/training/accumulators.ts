import type { Parameter } from '../../nn/parameter';
import * as tf from '../../tensorflow/tf';
import { Variable } from '../../tensorflow/variable';

/** Sums of gradients over the micro-batches of one step. They do not outlive the step, so checkpoints do not contain them. */
export class Accumulators {
  private readonly sums = new Map<Parameter, Variable>();

  /**
   * Adds the gradients of one micro-batch, divided by the number of parts, within a step.
   * @param gradients borrowed
   * @param part int32 index of the micro-batch; 0 resets the sums
   */
  add(gradients: ReadonlyMap<Parameter, tf.Tensor>, part: tf.Scalar, parts: number): void {
    const isFirst = tf.equal(part, tf.scalar(0, 'int32'));
    for (const [parameter, gradient] of gradients) {
      const sum = this.sumOf(parameter);
      const before = tf.where(isFirst, tf.fill([...parameter.shape], 0), sum.value);
      sum.assign(tf.add(before, tf.div(gradient, parts)));
    }
  }

  /** Means over the micro-batches, within a step; borrowed. */
  get gradients(): ReadonlyMap<Parameter, tf.Tensor> {
    return new Map([...this.sums].map(([parameter, { value }]) => [parameter, value]));
  }

  private sumOf(parameter: Parameter): Variable {
    const existing = this.sums.get(parameter);
    if (existing) return existing;
    const sum = new Variable(`${parameter.name}.accumulated`, parameter.shape);
    sum.initialize(() => tf.fill([...parameter.shape], 0));
    this.sums.set(parameter, sum);
    return sum;
  }

  /** Frees the sums' tensors. */
  dispose(): void {
    for (const sum of this.sums.values()) sum.dispose();
  }
}
