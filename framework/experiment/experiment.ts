import { setImmediate } from 'node:timers/promises';
import type { Checkpoint, CheckpointParts } from '../checkpoint/checkpoint';
import type { Position, State } from '../checkpoint/manifest';
import { CheckpointSettings } from '../checkpoint/retention';
import { group, optional, slots, value } from '../config/declare/declare';
import type { Batches } from '../data/batches';
import type { Fingerprint, ImageBatch } from '../kinds/image-dataset';
import type { Goals } from '../kinds/metric';
import { Tracker } from '../kinds/tracker';
import { LeakGuard } from '../tensorflow/leak-guard';
import type { SavedVariable } from '../checkpoint/variables';
import type { Variable } from '../tensorflow/variable';
import { ComputeSettings } from './lifecycle/compute';
import type {
  SamplingOptions,
  Images,
  InterpolationOptions,
  InterpolationPair,
  TrajectoryOptions,
} from './sampling/images';
import type { SavedFunctions } from '../tensorflow/saved-function';
import type { QualityMeter } from './quality/quality';
import type { Run } from './run';
import { PendingHooks } from './lifecycle/pending-hooks';

/** Settings shared by all experiments. */
export class ExperimentSettings extends ComputeSettings {
  /** Number of passes over the dataset. */
  epochs = value(1000, { integer: true, min: 1, role: 'hyperparameter' });
  /** Maximum number of steps, for short trials; unlimited if not set. */
  maxSteps = optional('number', { integer: true, min: 1, unit: 'steps' });
  /** Random seed of the run. */
  seed = value(1, { integer: true, min: 0 });
  /** Number of steps averaged into one logged point. */
  logEverySteps = value(10, { integer: true, min: 1, unit: 'steps', role: 'meta', dynamic: true });
  /** Interval between samples of the hardware usage; 0 disables them. */
  hardwareEverySeconds = value(10, { min: 0, unit: 'seconds', role: 'meta' });
  /** Schedule and retention of checkpoints. */
  checkpoint = group(CheckpointSettings);
  /** Destinations of metrics and images. */
  trackers = slots(Tracker, ['Screen', 'JSONL', 'TensorBoard'], { role: 'meta' });
}

/**
 * An experiment, as trained by `exp run`. Its hooks are called in this order: `open` (only for training), `init`, and then `loop`, which
 * for each epoch calls `train`, saves a `checkpoint`, calls `evaluate`, logs, and calls `preview`. A hook that ends early because the
 * run was asked to stop (`run.stop.throwIfAsked`) is called again when the run is resumed.
 */
export abstract class Experiment {
  /** Goals of the tracked metrics; the goal of any other metric is inferred from its name. */
  static readonly goals: Goals = {};
  private position: Omit<Position, 'seed'> = { step: 0, epoch: 0, batch: 0 };
  private readonly pending: PendingHooks;
  /** Step of the latest checkpoint. */
  private lastCheckpointStep: number | undefined;
  /** Set if a checkpoint has replaced the initial values of the variables. */
  private isRestored = false;
  private readonly leaks = new LeakGuard();

  constructor(
    protected readonly settings: ExperimentSettings,
    protected readonly run: Run,
  ) {
    const hooks = { evaluate: () => this.evaluate(), sample: () => this.preview() };
    this.pending = new PendingHooks(hooks, run.tracking, run.stop);
  }

  /** Opens the data. @throws UserError if it is missing or broken */
  abstract open(): Promise<void>;

  /** Fingerprint of the dataset: a run can only be resumed on data with the same fingerprint. The default is empty: no check. */
  fingerprint(): Fingerprint {
    return {};
  }

  /** Initializes all variables. */
  abstract init(): Promise<void> | void;

  /** Trains for the rest of the epoch by iterating over `steps`. */
  abstract train(): Promise<void>;

  /** Evaluates the model after an epoch; tracked metrics belong to the epoch's last step. Does nothing by default. */
  evaluate(): Promise<void> {
    return Promise.resolve();
  }

  /** Shows sample output of the model after an epoch. Does nothing by default. */
  preview(): Promise<void> {
    return Promise.resolve();
  }

  /** Variables saved in a checkpoint, by part. */
  abstract get parts(): CheckpointParts;

  /** Names of the parts needed for sampling. */
  get inferenceParts(): readonly string[] {
    return ['model'];
  }

  /** Generates images in chunks, in the order of their indices; undefined if the model does not generate images. */
  sample?(options: SamplingOptions): AsyncIterable<Images>;

  /**
   * Generates images and returns intermediate results; undefined if the model generates images in one step.
   * @returns the frames, each with all images
   */
  sampleTrajectory?(options: SamplingOptions, trajectory: TrajectoryOptions): Promise<Images[]>;

  /**
   * Interpolates between pairs of images; undefined if the model cannot.
   * @returns the frames: the first image of every pair, the interpolated images, and the second image of every pair
   */
  interpolate?(pairs: readonly InterpolationPair[], options: InterpolationOptions): Promise<Images[]>;

  /** Evaluates the images of `sample`; undefined if the model does not generate images. */
  readonly quality?: QualityMeter;

  /**
   * Functions of the model for other programs, saved by `exp export`. Undefined if there are none.
   * @param count batch size of the functions
   */
  functions?(count: number): SavedFunctions;

  /** Number of completed steps. */
  get step(): number {
    return this.position.step;
  }

  /** Number of completed epochs. */
  get epoch(): number {
    return this.position.epoch;
  }

  /** Current position in the training. */
  protected get positionInEpoch(): Omit<Position, 'seed'> {
    return this.position;
  }

  /** True if a stop was requested, or the last epoch or step is done. */
  shouldStop(): boolean {
    return this.run.stop.requested || this.isFinished;
  }

  private get isFinished(): boolean {
    return isFinished(this.settings, this.position);
  }

  /** Last step whose points are all logged. */
  get loggedStep(): number {
    return this.pending.loggedStep(this.step);
  }

  /** Number of steps of the whole run. */
  protected totalSteps({ batchesPerEpoch }: Batches): number {
    const { maxSteps = Infinity, epochs } = this.settings;
    return Math.min(maxSteps, epochs * batchesPerEpoch);
  }

  /** Trains from the current position to the end, and saves a final checkpoint. */
  async loop(): Promise<void> {
    await this.runPendingHooks();
    await this.runEpochs();
    if (this.lastCheckpointStep !== this.step) await this.checkpoint();
    await this.run.checkpoints.flush();
  }

  private async runEpochs(): Promise<void> {
    const { monitor } = this.run;
    for (const _ of monitor.loop(this.settings.epochs, this.epoch, () => progressOf(this.settings, this.position))) {
      if (this.shouldStop()) return;
      await this.train();
      this.leaks.close();
      await this.checkEqual();
      // Saved first: the hooks may take long, and a batch system only waits for seconds.
      const { everySteps } = this.settings.checkpoint;
      if (this.lastCheckpointStep !== this.step && (everySteps === undefined || this.isFinished))
        await this.checkpoint();
      await this.runPendingHooks();
    }
  }

  /** Runs the pending `evaluate` and `preview` hooks. With several workers, the chief does and the others wait. */
  private async runPendingHooks(): Promise<void> {
    const { workers, isChief, stop } = this.run;
    if (isChief && !this.pending.isEmpty) {
      await this.pending.run(this.step);
      if (this.lastCheckpointStep === this.step) this.run.checkpoints.amend(this.state, this.settings.checkpoint.best);
    }
    if (await workers?.broadcast('stop', stop.isRequestedHere)) workers?.stopTogether();
  }

  /** Yields the remaining batches of the epoch; tunes settings before each step, and counts, logs and saves after it. */
  protected async *steps(batches: Batches): AsyncGenerator<ImageBatch> {
    const { epoch, batch } = this.position;
    const { batchesPerEpoch } = batches;
    const totalSteps = this.totalSteps(batches);
    const remaining = Math.min(batchesPerEpoch - batch, (this.settings.maxSteps ?? Infinity) - this.step);
    for await (const images of this.run.monitor.iterate('Train', batches.epoch(epoch, batch), remaining)) {
      if (this.run.isChief) this.run.tuning.before(this.step + 1);
      this.run.profiler?.before(this.step + 1, totalSteps);
      yield images;
      this.advance(batchesPerEpoch);
      this.run.checkpoints.check();
      // Op by op, all promises of a step are already resolved: without this, signals and timers would wait until the epoch ends.
      await setImmediate();
      const leak = this.leaks.afterStep();
      if (leak !== undefined) this.run.monitor.log(leak);
      const { profiler } = this.run;
      if (profiler) await this.run.optional('the profile', () => profiler.after(this.step));
      if (this.step % this.settings.logEverySteps === 0 && this.pending.isEmpty) this.run.tracking.save(this.step);
      if (this.step % (this.settings.checkpoint.everySteps ?? Infinity) === 0) await this.checkpoint();
      if (this.shouldStop()) return;
    }
  }

  private advance(batchesPerEpoch: number): void {
    const { step, epoch, batch } = this.position;
    const isLast = batch + 1 === batchesPerEpoch;
    const position = isLast ? { epoch: epoch + 1, batch: 0 } : { epoch, batch: batch + 1, batchesPerEpoch };
    this.position = { step: step + 1, ...position };
    this.pending.set(isLast || this.isFinished ? ['evaluate', 'sample'] : []);
  }

  /** State saved in a checkpoint in addition to the variables. */
  private get state(): State {
    return {
      ...this.run.tracking.state,
      position: { ...this.position, seed: this.settings.seed },
      pending: this.pending.names,
      ...(this.isInterim && { isInterim: true }),
    };
  }

  /** True if this step is not on the schedule: of `checkpoint.everySteps`, or after each epoch. */
  private get isInterim(): boolean {
    const { everySteps } = this.settings.checkpoint;
    const isRegular = everySteps === undefined ? this.position.batch === 0 : this.step % everySteps === 0;
    return !isRegular && !this.isFinished;
  }

  /** Saves a checkpoint while training continues; only on the chief. @throws UserError if the previous checkpoint could not be saved */
  async checkpoint(): Promise<void> {
    if (!this.run.isChief) return;
    const { tracking, checkpoints } = this.run;
    tracking.flush();
    await checkpoints.save(this.state, this.parts, this.settings.checkpoint);
    this.lastCheckpointStep = this.step;
  }

  /**
   * Restores a checkpoint.
   * @param checkpoint borrowed
   * @param names the parts to restore; all of them for training
   * @throws UserError if it does not match the model
   */
  async restore(checkpoint: Checkpoint, names: readonly string[] = Object.keys(this.parts)): Promise<void> {
    const parts = Object.entries(this.parts).filter(([name]) => names.includes(name));
    await checkpoint.assign(this.run.engine, Object.fromEntries(parts));
    const { position, pending = [], ...metrics } = checkpoint.manifest;
    this.position = position;
    this.pending.set(pending);
    this.isRestored = true;
    if (this.run.checkpoints.list().includes(position.step)) this.lastCheckpointStep = position.step;
    this.run.tracking.restore(metrics);
  }

  /** Synchronizes position and variables of all workers with the chief's. */
  async syncFromChief(): Promise<void> {
    const { workers, engine } = this.run;
    if (!workers) return;
    const { position, isRestored } = this;
    const chief = await workers.broadcast('position', { position, isRestored });
    this.position = chief.position;
    // Variables initialized from the same seed are already equal.
    if (chief.isRestored) await workers.broadcastVariables(engine, variablesOf(Object.values(this.parts).flat()));
    await this.checkEqual();
  }

  /** @throws UserError if a worker's parameters differ from the chief's */
  private async checkEqual(): Promise<void> {
    const { workers, engine } = this.run;
    const { model = [] } = this.parts;
    await workers?.checkEqual(engine, variablesOf(model), this.step);
  }
}

function variablesOf(saved: readonly SavedVariable[]): Variable[] {
  return saved.map(({ variable }) => variable);
}

/** True if a run has reached its last epoch or step. */
export function isFinished(
  { maxSteps = Infinity, epochs }: Pick<ExperimentSettings, 'maxSteps' | 'epochs'>,
  { step, epoch }: Pick<Position, 'step' | 'epoch'>,
): boolean {
  return step >= maxSteps || epoch >= epochs;
}

/** Completed fraction of a run, in [0, 1], by the limit that is reached first. */
export function progressOf(
  { maxSteps = Infinity, epochs }: Pick<ExperimentSettings, 'maxSteps' | 'epochs'>,
  { step, epoch, batch, batchesPerEpoch = Infinity }: Omit<Position, 'seed'>,
): number {
  return Math.max(step / maxSteps, (epoch + batch / batchesPerEpoch) / epochs);
}
