/** An evaluation of a checkpoint, requested by `exp evaluate`. */
export interface EvaluationRequest {
  /** Names of the metrics; by default all that are supported. */
  readonly metrics?: readonly string[] | undefined;
  /** Number of samples to generate, for metrics of samples; the evaluator's choice by default. */
  readonly count?: number | undefined;
  readonly seed: number;
}

/** Result of an evaluation. */
export interface Evaluated {
  /** Metrics by name. */
  readonly numbers: Readonly<Record<string, number>>;
  /** Fields added to the record: how the numbers were obtained. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Evaluates the model of an experiment. */
export interface Evaluator {
  /** Checks the request and opens what it needs, before the model is initialized. @throws UserError if it cannot be fulfilled */
  open(request: EvaluationRequest): Promise<void>;
  measure(request: EvaluationRequest): Promise<Evaluated>;
}
