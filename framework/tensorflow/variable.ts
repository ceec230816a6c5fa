import * as tf from './tf';

/**
 * A named tensor that outlives a step: a parameter, an optimizer's slot. It is a handle: code asks it for its value where it is
 * used, so that the same code can run op by op or be traced into a graph.
 */
export class Variable {
  private variable: tf.Variable | undefined;

  constructor(
    readonly name: string,
    readonly shape: readonly number[],
  ) {}

  /** The number of elements. */
  get size(): number {
    return this.shape.reduce((product, side) => product * side, 1);
  }

  /** float32 of `shape`; borrowed, valid until the next assignment. @throws Error before the first assignment */
  get value(): tf.Variable {
    if (!this.variable) throw new Error(`the variable ${this.name} has no value yet`);
    return this.variable;
  }

  /** Takes a new value of the same shape. @param value float32; borrowed */
  assign(value: tf.Tensor): void {
    if (this.variable) this.variable.assign(value);
    else this.variable = tf.variable(value);
  }

  dispose(): void {
    this.variable?.dispose();
    this.variable = undefined;
  }
}
