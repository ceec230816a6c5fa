import type { Checkpoint, CheckpointParts } from '../checkpoint/checkpoint';
import type { SavedVariable } from '../checkpoint/variables';
import { UserError } from '../errors';
import type { Fingerprint } from '../kinds/dataset';
import type { InitialWeightsRecord } from '../run/run-record';
import type { Goals } from '../kinds/metric';
import type { Scalars } from '../kinds/tracker';
import type { Module } from '../nn/module';
import { parametersByName } from '../nn/model-parameters';
import type { Parameter } from '../nn/parameter';
import * as tf from '../tensorflow/tf';
import type { SavedFunctions } from '../tensorflow/saved-function';
import { chooseMetrics, type EvaluationRequest, type Evaluator } from './evaluation/evaluator';
import { sampleArtifact } from './sampling/sample-artifact';
import type { SampleFormat, SamplingOptions } from './sampling/samples';
import { TrainingLoop } from './lifecycle/training-loop';
import { type LearnerValues, createLearner } from './training/create-learner';
import { Divergence } from './training/divergence';
import { type BatchReport, dumpFailedBatch } from './training/failed-batch';
import type { Learner } from './training/learner';
import type { StepBody } from './training/step-body';
import type { TensorRecord } from './training/tensor-record';
import { type StepOptions, TrackedStep } from './training/tracked-step';
import { loadInitialWeights } from './weights/load-initial-weights';

/**
 * An experiment, as trained by `exp run`. Its hooks are called in this order: `open` (only for training), `init`, and then `loop`, which
 * for each epoch calls `train`, saves a `checkpoint`, calls `evaluate`, logs, and calls `preview`; by `evaluation`, it also calls
 * `evaluate` within an epoch. A hook that ends early because the run was asked to stop (`run.stop.throwIfAsked`) is called again when the
 * run is resumed.
 *
 * Learners made by `createLearner` and steps made by `compile` are saved, restored, shared between workers and freed with it. `Trained` is
 * the common case of one model and one loss.
 */
export abstract class Experiment<Batch = unknown> extends TrainingLoop<Batch> {
  /** Goals of the tracked metrics; the goal of any other metric is inferred from its name. */
  static readonly goals: Goals = {};
  private readonly learners: Learner[] = [];

  override get goals(): Goals {
    return (this.constructor as typeof Experiment).goals;
  }

  /** Opens the data, and sets `source`. @throws UserError if it is missing or broken */
  abstract open(): Promise<void>;

  /** Fingerprint of the dataset: a run can only be resumed on data with the same fingerprint. The default is empty: no check. */
  fingerprint(): Fingerprint {
    return {};
  }

  /** Initializes all variables: creates the learners and the steps. */
  abstract init(): Promise<void> | void;

  /** Trains on one batch, for `train`. */
  trainStep?(batch: Batch): Promise<void>;

  /** Trains for the rest of the epoch: by default, calls `trainStep` for each batch. */
  async train(): Promise<void> {
    if (!this.trainStep) throw new Error(`${this.constructor.name} implements neither trainStep nor train`);
    for await (const batch of this.steps()) await this.trainStep(batch);
  }

  /** Trains on the first batch alone, outside of the loop. */
  async trainOnFirst(): Promise<void> {
    if (!this.trainStep) throw new UserError('The experiment has no trainStep, so its first step cannot be run alone.');
    for await (const batch of this.source?.epoch(0, 0) ?? []) return this.trainStep(batch);
  }

  /** Evaluates the model; tracked metrics belong to the last completed step. Does nothing by default. */
  evaluate(): Promise<void> {
    return Promise.resolve();
  }

  /** Evaluates a checkpoint for `exp evaluate`: by default opens the data, and returns the metrics that `evaluate` tracks. */
  get evaluator(): Evaluator {
    const measure = async ({ metrics }: EvaluationRequest) => {
      const numbers = await this.run.tracking.collect(() => this.evaluate());
      return { numbers: chooseMetrics(numbers, metrics) };
    };
    return { open: () => this.open(), measure };
  }

  /** Shows sample output of the model after an epoch. Does nothing by default. */
  preview(): Promise<void> {
    return Promise.resolve();
  }

  /** Describes a batch at which training diverged. The input tensors of the step are saved in any case. */
  describeBatch?(batch: Batch): Promise<BatchReport>;

  /** Generates samples in chunks, in the order of their indices; undefined if the model generates none. */
  sample?(options: SamplingOptions): AsyncIterable<unknown>;

  /** How samples are written to files; required with `sample`. */
  readonly sampleFormat?: SampleFormat<unknown>;

  /** Generates samples and logs them as an artifact, named `samples` by default; call it in `preview`. */
  protected async logSamples(options: SamplingOptions, name = 'samples'): Promise<void> {
    const { sampleFormat } = this;
    const samples = this.sample?.(options);
    if (!samples || !sampleFormat) throw new Error(`${this.constructor.name} lacks sample or sampleFormat`);
    await this.run.artifact(this.step, name, await sampleArtifact(samples, sampleFormat));
  }

  /**
   * Functions of the model for other programs, saved by `exp export`. Undefined if there are none.
   * @param count batch size of the functions
   */
  functions?(count: number): SavedFunctions;

  /** Initializes a model and its optimizer; call it in `init`. @param name prefix of its metrics and parts, if there are several */
  protected createLearner(model: Module, settings: LearnerValues, name?: string): Learner {
    const learner = createLearner(this.run, this.settings.precision, { model, settings, name });
    this.learners.push(learner);
    return learner;
  }

  /** Compiles a training step, whose scalars are tracked; call it in `init`, after creating the learners. */
  protected compile<Inputs extends TensorRecord>(
    body: StepBody<Inputs>,
    options: StepOptions = {},
  ): TrackedStep<Inputs> {
    return new TrackedStep(this.run, { learners: this.learners, ...options }, body);
  }

  /**
   * Runs compiled steps on a batch, one after the other.
   * @param inputs disposed
   * @throws Divergence with the place of the saved batch, unless a callback ends the training at it
   */
  protected async runSteps<Inputs extends TensorRecord>(
    steps: readonly TrackedStep<Inputs>[],
    inputs: Inputs,
    batch: Batch,
  ): Promise<void> {
    const { positionInEpoch: position, totalSteps, callbacks } = this;
    const { learningRateFactor } = callbacks;
    const gradients = this.run.isChief && callbacks.needGradients ? new Map<Parameter, Float32Array>() : undefined;
    const scalars = [];
    try {
      const at = { position, totalSteps, learningRateFactor };
      for (const step of steps) {
        if (gradients)
          for (const [parameter, values] of await step.gradients(inputs, at)) gradients.set(parameter, values);
        scalars.push(await step.run(inputs, at));
      }
    } catch (error) {
      if (!(error instanceof Divergence) || !(await this.isEndedByDivergence()))
        throw await this.withBatch(error, inputs, batch);
    } finally {
      tf.dispose(inputs as tf.TensorContainer);
    }
    this.lastStep = Object.assign({}, ...scalars) as Scalars;
    this.gradients = gradients && valuesByName(parametersByName(this.models), gradients);
  }

  /** The error of a failed step; if training diverged, with the place where its batch is saved. @param inputs borrowed */
  private async withBatch(error: unknown, inputs: TensorRecord, batch: Batch): Promise<unknown> {
    if (!(error instanceof Divergence) || !this.run.isChief) return error;
    const describe = async () => (await this.describeBatch?.(batch)) ?? {};
    return error.with(
      await dumpFailedBatch(this.run.folder, error, { inputs, position: this.positionInEpoch, describe }),
    );
  }

  /** Variables saved in a checkpoint, by part: those of the learners by default. */
  get parts(): CheckpointParts {
    return Object.assign({}, ...this.learners.map(({ parts }) => parts)) as CheckpointParts;
  }

  override get models(): Readonly<Record<string, Module>> {
    return Object.fromEntries(this.learners.map(({ modelPart, model }) => [modelPart, model]));
  }

  protected get weights(): readonly SavedVariable[] {
    const { model = [] } = this.parts;
    return this.learners.length > 0 ? this.learners.flatMap(({ weights }) => weights) : model;
  }

  /** Names of the parts needed for inference. */
  get inferenceParts(): readonly string[] {
    return this.learners.length > 0 ? this.learners.map(({ inferencePart }) => inferencePart) : ['model'];
  }

  override async restore(checkpoint: Checkpoint, names: readonly string[] = Object.keys(this.parts)): Promise<void> {
    const isMissing = ({ average, inferencePart }: Learner) =>
      average !== undefined && names.includes(inferencePart) && !checkpoint.has(inferencePart);
    const restarted = this.learners.filter(isMissing);
    const missing = restarted.map(({ inferencePart }) => inferencePart);
    const present = names.filter((name) => !missing.includes(name));
    await super.restore(checkpoint, [...present, ...restarted.map(({ modelPart }) => modelPart)]);
    for (const learner of restarted) {
      // The checkpoint of a run without an average.
      await learner.average?.reset(this.run.engine);
      this.run.monitor.log(
        'The checkpoint has no average of the weights: the average restarts from the current weights.',
      );
    }
  }

  /**
   * Gives the models their initial weights (`initialWeights.from`), after `init`.
   * @param recorded the checkpoints, by their names
   * @param open opens one; it is closed here
   */
  async loadInitialWeights(
    recorded: readonly InitialWeightsRecord[],
    open: (source: InitialWeightsRecord) => Promise<Checkpoint>,
  ): Promise<void> {
    for (const learner of this.learners) {
      const source = recorded.find(({ name }) => name === learner.initialWeights?.from);
      if (source) await this.loadFrom(source, learner, await open(source));
    }
  }

  private async loadFrom(source: InitialWeightsRecord, learner: Learner, checkpoint: Checkpoint): Promise<void> {
    const { initialWeights, modelPart: part, weights, average } = learner;
    if (!initialWeights) return;
    const { engine, monitor } = this.run;
    try {
      const { assigned, others } = await loadInitialWeights(checkpoint, initialWeights, { part, weights, engine });
      monitor.log(`Loaded ${assigned} arrays of weights from step ${source.step} of ${source.run}.`);
      if (others.length > 0) monitor.log(`Randomly initialized: ${others.join(', ')}.`);
    } finally {
      await checkpoint.close();
    }
    await average?.reset(engine);
    this.isRestored = true;
  }

  /** Frees the learners' tensors. */
  dispose(): void {
    for (const learner of this.learners) learner.dispose();
  }
}

function valuesByName<Value>(
  parameters: ReadonlyMap<string, Parameter>,
  values: ReadonlyMap<Parameter, Value>,
): Map<string, Value> {
  const entries = [...parameters].map(([name, parameter]) => [name, values.get(parameter)] as const);
  return new Map(entries.filter((entry): entry is [string, Value] & typeof entry => entry[1] !== undefined));
}
