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

/** What every experiment can be told; an experiment's settings extend it. */
export class ExperimentSettings extends ComputeSettings {
  /** How many times the dataset is gone through. */
  epochs = value(1000, { integer: true, min: 1, role: 'hyperparameter' });
  /** Training stops after this many updates; for trying things out. */
  maxSteps = optional('number', { integer: true, min: 1, unit: 'steps' });
  /** What every draw of a run follows from. */
  seed = value(1, { integer: true, min: 0 });
  /** Updates whose numbers are averaged into one point of a curve. */
  logEverySteps = value(10, { integer: true, min: 1, unit: 'steps', role: 'meta', dynamic: true });
  /** Time between two measurements of what the run uses of the machine; 0 makes none. */
  hardwareEverySeconds = value(10, { min: 0, unit: 'seconds', role: 'meta' });
  /** When checkpoints are saved. */
  checkpoint = group(CheckpointSettings);
  /** Where numbers and pictures go. */
  trackers = slots(Tracker, ['Screen', 'JSONL', 'TensorBoard'], { role: 'meta' });
}

/**
 * A thing to train: what `exp run` takes. Its hooks are called in this order: `open` (only to train), `init`, and then `loop`, which for
 * each epoch calls `train`, saves a `checkpoint`, calls `evaluate`, logs, and calls `preview`. A hook that is left early, because the run
 * was asked to stop (`run.stop.throwIfAsked`), is called again when the run is resumed.
 */
export abstract class Experiment {
  /** The goals of the metrics that it tracks; the goal of any other metric is guessed from its name. */
  static readonly goals: Goals = {};
  private position: Omit<Position, 'seed'> = { step: 0, epoch: 0, batch: 0 };
  private readonly pending: PendingHooks;
  /** The step of the newest checkpoint. */
  private lastCheckpointStep: number | undefined;
  /** Whether variables have other values than `init` gave them, by a checkpoint. */
  private isRestored = false;
  private readonly leaks = new LeakGuard();

  constructor(
    protected readonly settings: ExperimentSettings,
    protected readonly run: Run,
  ) {
    const hooks = { evaluate: () => this.evaluate(), sample: () => this.preview() };
    this.pending = new PendingHooks(hooks, run.tracking, run.stop);
  }

  /** Opens the data. @throws UserError where it is missing or broken */
  abstract open(): Promise<void>;

  /** What tells the data that was opened from others: a run is gone on with on the same only. Unless it is overridden, nothing is compared. */
  fingerprint(): Fingerprint {
    return {};
  }

  /** Gives every variable its first value. */
  abstract init(): Promise<void> | void;

  /** Trains for what is left of an epoch, by going through `steps`. */
  abstract train(): Promise<void>;

  /** Measures the model after an epoch; what is tracked belongs to the epoch's last step. Unless it is overridden, nothing is measured. */
  evaluate(): Promise<void> {
    return Promise.resolve();
  }

  /** Shows what the model can do after an epoch. Unless it is overridden, nothing is shown. */
  preview(): Promise<void> {
    return Promise.resolve();
  }

  /** The variables that a checkpoint keeps. */
  abstract get parts(): CheckpointParts;

  /** The names of the parts that `draw` needs. */
  get inferenceParts(): readonly string[] {
    return ['model'];
  }

  /** Draws images by the model, some at a time, in the order of their numbers; left out by an experiment whose model draws none. */
  sample?(drawing: SamplingOptions): AsyncIterable<Images>;

  /**
   * Draws images and shows how they come to be; left out by an experiment whose model makes them at once.
   * @returns the moments, each with all images
   */
  sampleTrajectory?(drawing: SamplingOptions, watch: TrajectoryOptions): Promise<Images[]>;

  /**
   * Goes from images to others by the model; left out by an experiment whose model cannot.
   * @returns the first image of every pair, then the images on the way to the second, and that one
   */
  interpolate?(pairs: readonly InterpolationPair[], interpolation: InterpolationOptions): Promise<Images[]>;

  /** Measures what `draw` draws; left out by an experiment whose model draws none. */
  readonly quality?: QualityMeter;

  /**
   * Functions of the model that other programs may call: what `exp export` saves. Left out by an experiment that has none.
   * @param count how many examples they take at once
   */
  functions?(count: number): SavedFunctions;

  /** Updates done so far. */
  get step(): number {
    return this.position.step;
  }

  /** Epochs done so far. */
  get epoch(): number {
    return this.position.epoch;
  }

  /** Where the experiment stands. */
  protected get positionInEpoch(): Omit<Position, 'seed'> {
    return this.position;
  }

  /** Whether training is to end now: the user asked, or the last epoch or update is done. */
  shouldStop(): boolean {
    return this.run.stop.requested || this.isFinished;
  }

  private get isFinished(): boolean {
    return isFinished(this.settings, this.position);
  }

  /** The last step whose points are all logged. */
  get loggedStep(): number {
    return this.pending.loggedStep(this.step);
  }

  /** How many updates the whole run has, unless it is stopped. */
  protected totalSteps({ batchesPerEpoch }: Batches): number {
    const { maxSteps = Infinity, epochs } = this.settings;
    return Math.min(maxSteps, epochs * batchesPerEpoch);
  }

  /** Trains from where the experiment stands to the end, and leaves a checkpoint there. */
  async loop(): Promise<void> {
    await this.runPendingHooks();
    await this.epochs();
    if (this.lastCheckpointStep !== this.step) await this.checkpoint();
    await this.run.checkpoints.flush();
  }

  private async epochs(): Promise<void> {
    const { monitor } = this.run;
    for (const _ of monitor.loop(this.settings.epochs, this.epoch, () => progressOf(this.settings, this.position))) {
      if (this.shouldStop()) return;
      await this.train();
      this.leaks.close();
      await this.checkEqual();
      // Saved first: the hooks may take long, and a batch system waits seconds only.
      const { everySteps } = this.settings.checkpoint;
      if (this.lastCheckpointStep !== this.step && (everySteps === undefined || this.isFinished))
        await this.checkpoint();
      await this.runPendingHooks();
    }
  }

  /** Runs `evaluate` and `sample` where they are due. Of several workers the chief does, and the others wait. */
  private async runPendingHooks(): Promise<void> {
    const { workers, isChief, stop } = this.run;
    if (isChief && !this.pending.isEmpty) {
      await this.pending.run(this.step);
      if (this.lastCheckpointStep === this.step) this.run.checkpoints.amend(this.state, this.settings.checkpoint.best);
    }
    if (await workers?.broadcast('stop', stop.isRequestedHere)) workers?.stopTogether();
  }

  /** Passes on the batches of the epoch that are left; tunes settings before each, and counts, logs and saves after it. */
  protected async *steps(batches: Batches): AsyncGenerator<ImageBatch> {
    const { epoch, batch } = this.position;
    const { batchesPerEpoch } = batches;
    const totalSteps = this.totalSteps(batches);
    const left = Math.min(batchesPerEpoch - batch, (this.settings.maxSteps ?? Infinity) - this.step);
    for await (const images of this.run.monitor.iterate('Train', batches.epoch(epoch, batch), left)) {
      if (this.run.isChief) this.run.tuning.before(this.step + 1);
      this.run.profiler?.before(this.step + 1, totalSteps);
      yield images;
      this.advance(batchesPerEpoch);
      this.run.checkpoints.check();
      // Op by op, a step is all promises that are kept at once: signals and timers would wait until the epoch ends.
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

  /** What a checkpoint keeps beside the variables. */
  private get state(): State {
    return {
      ...this.run.tracking.state,
      position: { ...this.position, seed: this.settings.seed },
      pending: this.pending.names,
      ...(this.isInterim && { isInterim: true }),
    };
  }

  /** Whether a checkpoint at this step would be outside the schedule of `checkpoint.everySteps`, or of one after each epoch. */
  private get isInterim(): boolean {
    const { everySteps } = this.settings.checkpoint;
    const isRegular = everySteps === undefined ? this.position.batch === 0 : this.step % everySteps === 0;
    return !isRegular && !this.isFinished;
  }

  /** Saves where the run stands, while training goes on; of several workers the chief does. @throws UserError where the checkpoint before could not be saved */
  async checkpoint(): Promise<void> {
    if (!this.run.isChief) return;
    const { tracking, checkpoints } = this.run;
    tracking.flush();
    await checkpoints.save(this.state, this.parts, this.settings.checkpoint);
    this.lastCheckpointStep = this.step;
  }

  /**
   * Goes back to a checkpoint.
   * @param checkpoint stays open
   * @param names the parts that are wanted; all of them to go on training
   * @throws UserError where it is of another model
   */
  async restore(checkpoint: Checkpoint, names: readonly string[] = Object.keys(this.parts)): Promise<void> {
    const wanted = Object.entries(this.parts).filter(([name]) => names.includes(name));
    await checkpoint.assign(this.run.engine, Object.fromEntries(wanted));
    const { position, pending = [], ...metrics } = checkpoint.manifest;
    this.position = position;
    this.pending.set(pending);
    this.isRestored = true;
    if (this.run.checkpoints.list().includes(position.step)) this.lastCheckpointStep = position.step;
    this.run.tracking.restore(metrics);
  }

  /** Has all workers stand where the chief does, where there are several. */
  async syncFromChief(): Promise<void> {
    const { workers, engine } = this.run;
    if (!workers) return;
    const { position, isRestored } = this;
    const chief = await workers.broadcast('standing', { position, isRestored });
    this.position = chief.position;
    // What is drawn by one seed is equal already.
    if (chief.isRestored) await workers.broadcastVariables(engine, variablesOf(Object.values(this.parts).flat()));
    await this.checkEqual();
  }

  /** @throws UserError where a worker's parameters are not the chief's */
  private async checkEqual(): Promise<void> {
    const { workers, engine } = this.run;
    const { model = [] } = this.parts;
    await workers?.checkEqual(engine, variablesOf(model), this.step);
  }
}

function variablesOf(saved: readonly SavedVariable[]): Variable[] {
  return saved.map(({ variable }) => variable);
}

/** Whether a run has come to its end. */
export function isFinished(
  { maxSteps = Infinity, epochs }: Pick<ExperimentSettings, 'maxSteps' | 'epochs'>,
  { step, epoch }: Pick<Position, 'step' | 'epoch'>,
): boolean {
  return step >= maxSteps || epoch >= epochs;
}

/** The share of a run's updates that are done, in [0, 1]: by whichever limit ends it first. */
export function progressOf(
  { maxSteps = Infinity, epochs }: Pick<ExperimentSettings, 'maxSteps' | 'epochs'>,
  { step, epoch, batch, batchesPerEpoch = Infinity }: Omit<Position, 'seed'>,
): number {
  return Math.max(step / maxSteps, (epoch + batch / batchesPerEpoch) / epochs);
}
