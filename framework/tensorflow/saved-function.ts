import type { Step } from './engine';
import type { Signature } from './graph/trace';

/** A step that other programs can call, which know its inputs and outputs by name. It assigns no variable. */
export interface SavedFunction {
  /** Shapes and types by name, in the order of the step's inputs. */
  readonly inputs: Readonly<Record<string, Signature>>;
  /** The names of what the step returns. */
  readonly outputs: readonly string[];
  readonly step: Step;
}

/** Functions by name. Whoever loads them without a name gets `serving_default`. */
export type SavedFunctions = Readonly<Record<string, SavedFunction>>;
