import * as tf from './tf';

/**
 * A named tensor that outlives a step: a parameter, an optimizer's slot. It is a handle: code asks it for its value where it is
 * used, so that the same code can run op by op or be traced into a graph.
 */
export class Variable {
  /** Where the value is, if not here. */
  store: VariableStore | undefined;
  private current: tf.Tensor | undefined;
  private first: (() => tf.Tensor) | undefined;

  constructor(
    readonly name: string,
    readonly shape: readonly number[],
  ) {}

  /** The number of elements. */
  get size(): number {
    return this.shape.reduce((product, side) => product * side, 1);
  }

  /** float32 of `shape`; borrowed, valid until the next assignment. @throws Error before the first assignment */
  get value(): tf.Tensor {
    const holder = currentStore() ?? this.store;
    if (holder) return holder.tensorOf(this);
    if (this.first) this.current = tf.keep(tf.tidy(this.first));
    this.first = undefined;
    if (!this.current) throw new Error(`the variable ${this.name} has no value yet`);
    return this.current;
  }

  /**
   * Has a first value made where it is first needed: here, or in the session that takes the variable. If it is given another value
   * before, the first one costs nothing.
   * @param first makes a float32 tensor of the variable's shape, the same each time
   */
  initialize(first: () => tf.Tensor): void {
    this.dispose();
    this.first = first;
  }

  /** What makes the first value, where that has not been done. */
  get initializer(): (() => tf.Tensor) | undefined {
    return this.first;
  }

  /** Takes a new value of the same shape. @param value float32; borrowed */
  assign(value: tf.Tensor): void {
    if (value.shape.join() !== this.shape.join()) {
      throw new Error(`the variable ${this.name} has the shape [${this.shape.join()}], not [${value.shape.join()}]`);
    }
    const holder = currentStore() ?? this.store;
    if (holder) holder.assign(this, value);
    else this.keep(value);
  }

  private keep(value: tf.Tensor): void {
    const previous = this.current;
    this.current = tf.keep(value.clone());
    this.first = undefined;
    previous?.dispose();
  }

  /** Frees the tensor that is kept here, if there is one. */
  dispose(): void {
    this.current?.dispose();
    this.current = undefined;
    this.first = undefined;
  }
}

/** Where variables' values are while they are not with TensorFlow.js: in the graph that is being traced, or in a session. */
export interface VariableStore {
  /** A tensor that stands for the value. @throws Error where the value cannot be had at this moment */
  tensorOf(variable: Variable): tf.Tensor;
  assign(variable: Variable, value: tf.Tensor): void;
}

/** The trace that is going on. Tracing never waits, so there is one at most. */
let current: VariableStore | undefined;

/** The trace that is going on, if there is one. */
export function currentStore(): VariableStore | undefined {
  return current;
}

/** Runs code in which every variable is read from and assigned to a holder. */
export function withStore<T>(holder: VariableStore, code: () => T): T {
  const before = current;
  current = holder;
  try {
    return code();
  } finally {
    current = before;
  }
}
