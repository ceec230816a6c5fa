import * as v from 'valibot';
import type { Override } from '../config/parse/override';
import { UserError } from '../errors';
import { evaluateRun } from '../experiment/evaluation/evaluate-run';
import type { Experiment } from '../experiment/experiment';
import { MAX_SAMPLES, firstIndices } from '../experiment/sampling/samples';
import type { OpenModel } from '../experiment/weights/with-model';
import type { EvaluationRecord } from '../run/evaluations';
import type { RunFolder } from '../run/run-folder';
import { type CallableFunctions, callableFunctions } from './callable-functions';
import { checkOptions, type Schemas } from './check-options';
import type { Context } from './open-context';
import { Samples } from './samples';
import { INDICES, integer, NAMES } from './schemas';

/** Options of `sample`. */
export interface SampleOptions {
  /** Number of samples; 16 by default. */
  readonly n?: number | undefined;
  /** Indices of the samples, instead of the first `n`. */
  readonly indices?: readonly number[] | undefined;
  /** Random seed; 1 by default. A sample depends on the seed and its index only. */
  readonly seed?: number | undefined;
  /** Maximum number of samples generated at once. */
  readonly batch?: number | undefined;
}

/** Options of `evaluate`. */
export interface EvaluateOptions {
  /** Metrics to compute; by default all that the experiment supports. */
  readonly metrics?: readonly string[] | undefined;
  /** Number of samples to generate, for metrics that need them. */
  readonly n?: number | undefined;
  /** Random seed; 1 by default. */
  readonly seed?: number | undefined;
}

const SAMPLE_OPTIONS = {
  n: v.optional(integer(1, MAX_SAMPLES)),
  indices: v.optional(INDICES(MAX_SAMPLES - 1)),
  seed: v.optional(integer(0)),
  batch: v.optional(integer(1)),
} satisfies Schemas<SampleOptions>;

const EVALUATE_OPTIONS = {
  metrics: v.optional(NAMES),
  n: v.optional(integer(1)),
  seed: v.optional(integer(0)),
} satisfies Schemas<EvaluateOptions>;

interface Origin extends Context {
  readonly folder: RunFolder;
  readonly settings: readonly Override[];
}

/** The model of a run. Calls may overlap. */
export class LoadedRun {
  private readonly busy = new Set<Promise<unknown>>();
  private closing: Promise<void> | undefined;

  constructor(
    private readonly model: OpenModel<Experiment>,
    private readonly origin: Origin,
  ) {}

  get id(): string {
    return this.origin.folder.id;
  }

  get folder(): string {
    return this.origin.folder.path;
  }

  /** Step of the checkpoint. */
  get step(): number {
    return this.model.experiment.step;
  }

  /** Generates samples. @throws UserError if the experiment generates none */
  sample(options: SampleOptions = {}): Samples {
    checkOptions('sample', options, SAMPLE_OPTIONS);
    const { n = 16, indices, seed = 1, batch } = options;
    const { experiment } = this.model;
    const { sampleFormat } = experiment;
    if (!experiment.sample || !sampleFormat)
      throw new UserError(`${this.id} is of an experiment that does not generate samples.`);
    const chosen = indices ?? firstIndices(n);
    return new Samples(() => this.each(() => experiment.sample?.({ seed, indices: chosen, batch })), sampleFormat);
  }

  /**
   * Evaluates the checkpoint and records the evaluation in the run's folder, as `exp evaluate` does. The model is loaded once more for this.
   */
  async evaluate(options: EvaluateOptions = {}): Promise<EvaluationRecord> {
    checkOptions('evaluate', options, EVALUATE_OPTIONS);
    const { metrics, n: count, seed = 1 } = options;
    const request = { ...this.origin, run: `${this.folder}@${this.step}`, metrics, count, seed };
    return this.use(async () => (await evaluateRun(request)).evaluation);
  }

  /** The functions that `exp export` saves. @throws UserError if the experiment has none */
  get functions(): CallableFunctions {
    const { experiment, engine } = this.model;
    if (!experiment.functions) throw new UserError(`${this.id} is of an experiment without functions.`);
    return callableFunctions(
      (count) => experiment.functions?.(count) ?? {},
      engine,
      (call) => this.use(call),
    );
  }

  /** Frees the model, when all calls have ended. */
  close(): Promise<void> {
    return (this.closing ??= Promise.allSettled(this.busy).then(() => this.model.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Yields the items, with the model kept open while one is being made. */
  private async *each(make: () => AsyncIterable<unknown> | undefined): AsyncGenerator {
    const items = make()?.[Symbol.asyncIterator]();
    for (let next = await this.use(() => items?.next()); next && !next.done; next = await this.use(() => items?.next()))
      yield next.value;
  }

  private async use<T>(work: () => T | Promise<T>): Promise<T> {
    if (this.closing) throw new Error(`The model of ${this.id} is closed.`);
    const working = Promise.resolve().then(work);
    this.busy.add(working);
    try {
      return await working;
    } finally {
      this.busy.delete(working);
    }
  }
}
