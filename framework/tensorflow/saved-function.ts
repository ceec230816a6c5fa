import type { Step } from './engine';
import type { Signature } from './graph/trace';

/** A step for other programs to call, with named inputs and outputs. It must not assign variables. */
export interface SavedFunction {
  /** Shapes and types by name, in the order of the step's inputs; an undefined one is none. */
  readonly inputs: Readonly<Record<string, Signature | undefined>>;
  /** Names of the step's outputs. */
  readonly outputs: readonly string[];
  readonly step: Step;
}

/** Functions by name. `serving_default` is used when a model is loaded without a name. */
export type SavedFunctions = Readonly<Record<string, SavedFunction>>;

/** The inputs of a function, with their names. */
export function inputsOf({ inputs }: SavedFunction): [name: string, signature: Signature][] {
  return Object.entries(inputs).flatMap(([name, signature]) => (signature ? [[name, signature]] : []));
}
