import type { Snapshot } from './snapshot';
import type * as tf from './tf';
import type { Variable } from './variable';

/** A function from tensors to tensors that may also assign variables. Inputs are borrowed; the caller owns the results. */
export type Step = (...inputs: tf.Tensor[]) => tf.Tensor[];

/** Options of a program. */
export interface ProgramOptions {
  /** Whether to trace the step twice for its first shapes, and refuse one that depends on JavaScript state; false by default. */
  readonly isTracedTwice?: boolean;
}

/** A step that can be run. */
export interface Program {
  /** @param inputs borrowed @returns to be disposed by the caller */
  run(...inputs: tf.Tensor[]): Promise<tf.Tensor[]>;

  /** The graph of the last run with all its dependencies: a GraphDef of TensorFlow's graph.proto. Undefined before the first run. */
  definition?(): Buffer | undefined;
}

/** Runs steps, eagerly or as TensorFlow graphs. Owned by a run. */
export abstract class Engine {
  /** Makes a program from a step. Programs of one engine share their variables. */
  abstract program(name: string, step: Step, options?: ProgramOptions): Program;

  /** Copies of the values of variables, in their order. */
  abstract read(variables: readonly Variable[]): Promise<Float32Array[]>;

  /**
   * Captures the current values of variables, to be read while further steps run. No step may be running.
   * @param variables each as often as it is to be lent
   * @returns the caller disposes
   */
  abstract snapshot(variables: readonly Variable[]): Promise<Snapshot>;

  /** Assigns values to variables. */
  abstract write(values: readonly (readonly [Variable, Float32Array])[]): Promise<void>;

  /**
   * Starts recording the operations of each step, which slows it down. Not available in eager mode.
   * @returns a function that stops recording and returns a RunMetadata of TensorFlow's config.proto for each run
   */
  record?(): () => Buffer[];

  /** Frees the engine's resources; variables that it holds have no values afterwards. */
  abstract close(): void;
}
