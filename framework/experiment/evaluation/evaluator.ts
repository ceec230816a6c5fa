import { ExitCode, UserError } from '../../errors';
import type { Scalars } from '../../kinds/tracker';
import { didYouMean } from '../../util/nearest';

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

/** The requested metrics of an evaluation, all by default. @throws UserError for one that it does not have */
export function chooseMetrics(numbers: Scalars, metrics = Object.keys(numbers) as readonly string[]): Scalars {
  const unknown = metrics.find((name) => !Object.hasOwn(numbers, name));
  if (unknown === undefined) return Object.fromEntries(metrics.map((name) => [name, numbers[name] ?? NaN]));
  throw new UserError(`Unknown metric "${unknown}".`, {
    hints: [didYouMean(unknown, Object.keys(numbers), 'Metrics of the evaluation')],
    exitCode: ExitCode.usage,
  });
}
