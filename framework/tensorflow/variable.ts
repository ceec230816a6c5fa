import { UserError } from '../errors';
import * as tf from './tf';

/**
 * A named tensor that persists across steps: a parameter or an optimizer slot. It is a handle whose value is read on each use, so
 * that the same code can run eagerly or be traced into a graph.
 */
export class Variable {
  /** Store of the value, if it is not held here. */
  store: VariableStore | undefined;
  private current: tf.Tensor | undefined;
  private makeInitial: (() => tf.Tensor) | undefined;

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
    const store = currentStore() ?? this.store;
    if (store) return store.tensorOf(this);
    const { makeInitial } = this;
    if (makeInitial) this.current = tf.keep(tf.tidy(() => this.float32(makeInitial())));
    this.makeInitial = undefined;
    if (!this.current) throw new Error(`the variable ${this.name} has no value yet`);
    return this.current;
  }

  /**
   * Sets a lazy initial value, computed on first use: here, or in the session that takes over the variable. It is never computed if
   * another value is assigned first.
   * @param makeInitial returns a float32 tensor of the variable's shape, the same each time
   */
  initialize(makeInitial: () => tf.Tensor): void {
    this.dispose();
    this.makeInitial = makeInitial;
  }

  /** Computes the initial value; undefined once it has been computed or replaced. */
  get initializer(): (() => tf.Tensor) | undefined {
    return this.makeInitial;
  }

  /** Assigns a new value of the same shape. @param value float32; borrowed */
  assign(value: tf.Tensor): void {
    this.float32(value);
    if (value.shape.join() !== this.shape.join()) {
      throw new Error(`the variable ${this.name} has the shape [${this.shape.join()}], not [${value.shape.join()}]`);
    }
    const store = currentStore() ?? this.store;
    if (store) store.assign(this, value);
    else this.keep(value);
  }

  /** @throws UserError if a value has another type: graphs and checkpoints hold float32 variables only */
  private float32(value: tf.Tensor): tf.Tensor {
    if (value.dtype === 'float32') return value;
    throw new UserError(`The variable ${this.name} was assigned a value of type ${value.dtype}: expected float32.`, {
      hints: [
        "Keep it as tf.cast(value, 'float32'), which is exact for integers up to 2^24, and cast it back where it is used.",
      ],
    });
  }

  private keep(value: tf.Tensor): void {
    const previous = this.current;
    this.current = tf.keep(value.clone());
    this.makeInitial = undefined;
    previous?.dispose();
  }

  /** Disposes of the tensor held here, if any. */
  dispose(): void {
    this.current?.dispose();
    this.current = undefined;
    this.makeInitial = undefined;
  }
}

/** Store of variables' values outside TensorFlow.js: the graph being traced, or a session. */
export interface VariableStore {
  /** A tensor that represents the value. @throws Error if the value is not accessible at this moment */
  tensorOf(variable: Variable): tf.Tensor;
  assign(variable: Variable, value: tf.Tensor): void;
}

/** The current trace. Tracing is synchronous, so there is at most one. */
let current: VariableStore | undefined;

/** The current trace, if any. */
export function currentStore(): VariableStore | undefined {
  return current;
}

/** Runs code in which all variables are read from and assigned to a store. */
export function withStore<T>(store: VariableStore, code: () => T): T {
  const before = current;
  current = store;
  try {
    return code();
  } finally {
    current = before;
  }
}
