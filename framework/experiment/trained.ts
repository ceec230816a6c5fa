import { group, optional, slot, value } from '../config/declare/declare';
import { type ArrayRecord, toTensors } from '../data/array-record';
import { Batches } from '../data/batches';
import { UserError } from '../errors';
import type { Dataset } from '../kinds/dataset';
import { LearningRateSchedule } from '../kinds/learning-rate-schedule';
import type { Goals } from '../kinds/metric';
import { Optimizer } from '../kinds/optimizer';
import type { Module } from '../nn/module';
import type { Random } from '../random/random';
import type * as tf from '../tensorflow/tf';
import { Evaluation, type Measure } from './evaluation/evaluation';
import { DatasetExperiment } from './dataset-experiment';
import type { Run } from './run';
import { ExperimentSettings } from './settings';
import type { Learner } from './training/learner';
import type { StepScalars } from './training/step-body';
import type { TensorRecord } from './training/tensor-record';
import type { TrackedStep } from './training/tracked-step';
import { InitialWeightsSettings } from './weights/initial-weights-settings';

/** Settings shared by experiments that train one model. */
export abstract class TrainedSettings extends ExperimentSettings {
  /** Network to train: a slot of the kind that the experiment needs. */
  abstract readonly model: Module;
  /** Number of examples per step. */
  batchSize = value(64, { integer: true, min: 1, unit: 'examples', role: 'hyperparameter' });
  /** Number of parts that a batch is split into to save memory; their gradients are averaged. */
  microBatches = value(1, { integer: true, min: 1, role: 'meta' });
  /** Optimizer that updates the parameters. */
  optimizer = slot(Optimizer, 'Adam');
  /** Learning rate. */
  learningRate = value(1e-3, { min: 0, role: 'hyperparameter', dynamic: true });
  /** Learning rate schedule. */
  schedule = slot(LearningRateSchedule, 'Constant');
  /** Maximum global norm of the gradients; no clipping if not set. */
  clipNorm = optional('number', { above: 0, role: 'hyperparameter' });
  /** Decay of the exponential moving average of the weights, used for evaluation and sampling, e.g. 0.9999; 0 disables it. */
  ema = value(0, { min: 0, below: 1, role: 'hyperparameter', sampling: true });
  /** Weights of another run that the model starts with. */
  initialWeights = group(InitialWeightsSettings);
}

/**
 * An experiment that trains one model with one optimizer and one loss. A subclass defines its data, the inputs of a step, and the loss.
 */
export abstract class Trained<Batch, Inputs extends TensorRecord = TensorRecord> extends DatasetExperiment<Batch> {
  static override readonly goals: Goals = { loss: 'min' };
  /** Settings of the learner. */
  private readonly resolved: Pick<TrainedSettings, 'model' | 'optimizer' | 'schedule'>;
  private learner: Learner | undefined;
  private compiled: TrackedStep<Inputs> | undefined;
  private evaluation: Evaluation<Inputs, string> | undefined;

  constructor(
    protected override readonly settings: TrainedSettings,
    run: Run,
  ) {
    super(settings, run);
    // Resolved here, so that incompatible settings are reported before any data is opened.
    this.resolved = { model: settings.model, optimizer: settings.optimizer, schedule: settings.schedule };
    checkMicroBatches(settings);
  }

  /** Inputs of a step for a batch: by default a tensor for each array of an `ArrayRecord`. The caller disposes. */
  protected inputsOf(batch: Batch): Inputs {
    return toTensors(batch as ArrayRecord) as unknown as Inputs;
  }

  /** The loss to minimize. @param inputs borrowed @returns a float32 scalar, the mean over the examples; the caller disposes */
  protected abstract loss(inputs: Inputs, random: Random): tf.Scalar;

  /** Further scalars to track at each step; none by default. @param inputs borrowed @returns float32, each a mean over the examples */
  protected scalars(_inputs: Inputs, _random: Random): StepScalars | undefined {
    return undefined;
  }

  init(): void {
    const { microBatches } = this.settings;
    const learner = this.createLearner(this.resolved.model, this.settings);
    this.learner = learner;
    this.compiled = this.compile<Inputs>(
      (inputs, { random, minimize }) => {
        minimize(learner, () => this.loss(inputs, random));
        return this.scalars(inputs, random);
      },
      { microBatches },
    );
  }

  override async trainStep(batch: Batch): Promise<void> {
    if (!this.compiled) throw new Error('train was called before open and init');
    await this.runSteps([this.compiled], this.inputsOf(batch), batch);
    const { skipped } = this.trainingSet;
    if (skipped) this.run.tracking.set('data/skipped', skipped);
  }

  /**
   * Measures the model, with its averaged weights, on the examples of a dataset, and tracks the means as `valid/<name>`: on all of them,
   * or on a part (`evaluation.spread`).
   * @param dataset open
   * @param measure the same function on every call
   * @returns the means by name
   */
  protected async validate<Name extends string>(
    dataset: Dataset<Batch>,
    measure: Measure<Inputs, Name>,
  ): Promise<Record<Name, number>> {
    this.evaluation ??= new Evaluation(this.run.engine, (inputs) => this.averaged(() => measure(inputs)));
    const tracking = this.run.tracking.namespace('valid');
    const means = await this.evaluation.run(this.inputsIn(dataset));
    for (const [name, mean] of Object.entries(means)) tracking.add(name, mean);
    return means;
  }

  private async *inputsIn(dataset: Dataset<Batch>): AsyncGenerator<Inputs> {
    const batches = new Batches(dataset, { batchSize: this.settings.batchSize, partial: true });
    const { index, count } = this.evaluatedPart ?? { index: 0, count: 1 };
    const [first = 0, last = 0] = [index, index + 1].map((part) =>
      Math.floor((part * batches.batchesPerEpoch) / count),
    );
    for await (const batch of this.run.monitor.iterate('Evaluate', batches.epoch(0, first, last), last - first)) {
      this.run.stop.throwIfAsked();
      yield this.inputsOf(batch);
    }
  }

  /** Runs code with the averaged weights in the model, if there is an average. @param code must be synchronous */
  protected averaged<T>(code: () => T): T {
    return this.learner ? this.learner.averaged(code) : code();
  }
}

function checkMicroBatches({ batchSize, microBatches }: TrainedSettings): void {
  if (batchSize % microBatches === 0) return;
  throw new UserError(`A batch of ${batchSize} cannot be split into ${microBatches} equal parts.`, {
    hints: [`Choose microBatches so that it divides batchSize=${batchSize}.`],
  });
}
