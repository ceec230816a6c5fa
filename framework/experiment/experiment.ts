import { type CheckpointParts, CheckpointSettings, type Position } from '../checkpoint/checkpoints';
import { group, optional, slots, value } from '../config/declare';
import type { Batches } from '../data/batches';
import type { ImageBatch, ImageShape } from '../kinds/image-dataset';
import { Tracker } from '../kinds/tracker';
import { LeakGuard } from '../tensorflow/leak-guard';
import type { SavedVariable } from '../checkpoint/variables';
import type { Variable } from '../tensorflow/variable';
import { ComputeSettings } from './compute';
import type { SavedFunctions } from '../tensorflow/saved-function';
import type { Run } from './run';

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

/** Images as bytes: uint8 [n, height, width, channels]. */
export interface Images {
  readonly pixels: Uint8Array;
  readonly shape: ImageShape;
}

/**
 * A thing to train: what `exp run` takes. It is told what to do by hooks, in this order: `open` (only to train), `init`, and then
 * `loop`, which for each epoch calls `train` and `evaluate`, logs, calls `sample`, and saves a `checkpoint`.
 */
export abstract class Experiment {
  private position: Omit<Position, 'seed'> = { step: 0, epoch: 0, batch: 0 };
  private readonly leaks = new LeakGuard();

  constructor(
    protected readonly settings: ExperimentSettings,
    protected readonly run: Run,
  ) {}

  /** Opens the data. @throws UserError where it is missing or broken */
  abstract open(): Promise<void>;

  /** Gives every variable its first value. */
  abstract init(): Promise<void> | void;

  /** Trains for what is left of an epoch, by going through `steps`. */
  abstract train(): Promise<void>;

  /** Measures the model after an epoch; what is tracked belongs to the epoch's last step. Unless it is overridden, nothing is measured. */
  evaluate(): Promise<void> {
    return Promise.resolve();
  }

  /** Shows what the model can do after an epoch. Unless it is overridden, nothing is shown. */
  sample(): Promise<void> {
    return Promise.resolve();
  }

  /** The variables that a checkpoint keeps. */
  abstract get parts(): CheckpointParts;

  /** The names of the parts that `draw` needs. */
  get drawnFrom(): readonly string[] {
    return ['model'];
  }

  /** Draws images by the model; left out by an experiment whose model draws none. @param seed equal seeds draw equal images */
  draw?(count: number, seed: number): Promise<Images>;

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

  /** Whether training is to end now: the user asked, or the last epoch or update is done. */
  isOver(): boolean {
    const { maxSteps = Infinity, epochs } = this.settings;
    return this.run.stop.requested || this.step >= maxSteps || this.epoch >= epochs;
  }

  /** How many updates the whole run has, unless it is stopped. */
  protected totalSteps({ batchesPerEpoch }: Batches): number {
    const { maxSteps = Infinity, epochs } = this.settings;
    return Math.min(maxSteps, epochs * batchesPerEpoch);
  }

  /** Trains from where the experiment stands to the end. */
  async loop(): Promise<void> {
    const { monitor, tracking, stop, isChief } = this.run;
    for (const _ of monitor.loop(this.settings.epochs, this.epoch)) {
      if (this.isOver()) return;
      await this.train();
      this.leaks.close();
      await this.checkEqual();
      // The others wait for the chief at the next step.
      if (!isChief) continue;
      if (!stop.requested) await this.evaluate();
      tracking.save(this.step);
      if (!stop.requested) await this.sample();
      if (this.isOver() || this.settings.checkpoint.everySteps === undefined) await this.checkpoint();
    }
  }

  /** Passes on the batches of the epoch that are left; tunes settings before each, and counts, logs and saves after it. */
  protected async *steps(batches: Batches): AsyncGenerator<ImageBatch> {
    const { epoch, batch } = this.position;
    const { batchesPerEpoch } = batches;
    const totalSteps = this.totalSteps(batches);
    for await (const images of this.run.monitor.iterate(
      'Train',
      batches.epoch(epoch, batch),
      batchesPerEpoch - batch,
    )) {
      if (this.run.isChief) this.run.tuning.before(this.step + 1);
      this.run.profiler?.before(this.step + 1, totalSteps);
      yield images;
      this.advance(batchesPerEpoch);
      const leak = this.leaks.afterStep();
      if (leak !== undefined) this.run.monitor.say(leak);
      this.run.profiler?.after(this.step);
      if (this.step % this.settings.logEverySteps === 0) this.run.tracking.save(this.step);
      const isSaved = this.step % (this.settings.checkpoint.everySteps ?? Infinity) === 0;
      if (this.run.isChief && isSaved) await this.checkpoint();
      if (this.isOver()) return;
    }
  }

  private advance(batchesPerEpoch: number): void {
    const { step, epoch, batch } = this.position;
    const isLast = batch + 1 === batchesPerEpoch;
    this.position = { step: step + 1, epoch: isLast ? epoch + 1 : epoch, batch: isLast ? 0 : batch + 1 };
  }

  /** Saves where the run stands. */
  async checkpoint(): Promise<void> {
    const { seed, checkpoint } = this.settings;
    this.run.tracking.flush();
    await this.run.checkpoints.save({ ...this.position, seed }, this.parts, checkpoint.keep);
  }

  /**
   * Goes back to the newest checkpoint.
   * @param names the parts that are wanted; all of them to go on training
   * @throws UserError where there is none, or it is damaged
   */
  async restore(names: readonly string[] = Object.keys(this.parts)): Promise<void> {
    const wanted = Object.entries(this.parts).filter(([name]) => names.includes(name));
    this.position = await this.run.checkpoints.load(Object.fromEntries(wanted));
  }

  /** Has all workers stand where the chief does, where there are several. */
  async gather(): Promise<void> {
    const { workers, engine } = this.run;
    if (!workers) return;
    this.position = await workers.chiefs('position', this.position);
    // At the beginning, what is drawn by one seed is equal already.
    if (this.step > 0) await workers.share(engine, variablesOf(Object.values(this.parts).flat()));
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
