import { optional, value } from '../../config/declare/declare';

/** Weights that a model starts with instead of random ones. */
export class InitialWeightsSettings {
  /** Checkpoint of another run, RUN or RUN@STEP, whose weights the model starts with: their average if there is one. */
  from = optional('string');
  /** Model of that run, if it has several; by default the one with the same name, or its only one. */
  part = optional('string');
  /** Module of the model that gets the weights, e.g. `encoder`; the whole model if not set. */
  into = optional('string');
  /** Whether all names must match; otherwise weights that only one of the models has are left out. */
  strict = value(true);
}
