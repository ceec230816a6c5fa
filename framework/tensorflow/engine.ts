import type { Snapshot } from './snapshot';
import type * as tf from './tf';
import type { Variable } from './variable';

/** A function from tensors to tensors that may also assign variables. Inputs are borrowed; what it returns is the caller's. */
export type Step = (...inputs: tf.Tensor[]) => tf.Tensor[];

/** A step that can be run. */
export interface Program {
  /** @param inputs borrowed @returns to be disposed by the caller */
  run(...inputs: tf.Tensor[]): Promise<tf.Tensor[]>;

  /** What was run last as a graph, with all that it depends on: a GraphDef of TensorFlow's graph.proto. Nothing where nothing was. */
  definition?(): Buffer | undefined;
}

/** What runs steps: op by op, or as a graph of TensorFlow's. It belongs to a run. */
export abstract class Engine {
  /** A program that does what a step does. Programs of one engine share their variables. */
  abstract program(name: string, step: Step): Program;

  /** The values of variables, copied. In the order of the variables. */
  abstract read(variables: readonly Variable[]): Promise<Float32Array[]>;

  /** Holds the values that variables have now, for reading while steps go on. No step may be going on. @returns the caller disposes */
  abstract snapshot(variables: readonly Variable[]): Promise<Snapshot>;

  /** Gives variables new values. */
  abstract write(values: readonly (readonly [Variable, Float32Array])[]): Promise<void>;

  /**
   * Has TensorFlow record what each step does from now on, which makes it slower. Left out where steps are run op by op.
   * @returns ends that, and gives the records: for each call of TensorFlow's a RunMetadata of its config.proto
   */
  record?(): () => Buffer[];

  /** Frees what the engine holds; the variables it holds have no values after that. */
  abstract close(): void;
}
