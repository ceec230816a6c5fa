import { setImmediate } from 'node:timers/promises';
import type { EpochHook } from '../../checkpoint/manifest';
import type { Source } from '../../data/source';
import { LeakGuard } from '../../tensorflow/leak-guard';
import { loadImports } from '../../util/load-imports';
import { checkSource, lengthError } from './check-source';
import { DataWait } from './data-wait';
import { DurationEstimate } from './duration-estimate';
import { type EvaluatedPart, evaluatedPart, isDueAfterStep, isEvaluationDue } from './evaluation-schedule';
import { PendingHooks } from './pending-hooks';
import { progressOf } from './progress';
import { SavedTraining } from './saved-training';

/** Time after which a run is a long one, whose code may change meanwhile. */
const LONG_MS = 10_000;

/** The epochs and steps of a run, and the calls of the experiment's and the callbacks' hooks. */
export abstract class TrainingLoop<Batch> extends SavedTraining<Batch> {
  protected readonly pending = new PendingHooks(
    { evaluate: () => this.evaluatePart(), sample: () => this.preview() },
    () => this.callbacks.call('onEvaluation'),
    this.run.tracking,
    this.run.stop,
  );
  private readonly leaks = new LeakGuard();
  private readonly estimate = new DurationEstimate();
  protected readonly dataWait = new DataWait();
  /** Part of the held-out examples that the current evaluation measures; undefined for all of them. */
  protected evaluatedPart: EvaluatedPart | undefined;

  /** Trains for the rest of the epoch by iterating over `steps`. */
  abstract train(): Promise<void>;

  abstract evaluate(): Promise<void>;

  abstract preview(): Promise<void>;

  /** Trains from the current position to the end, and saves a final checkpoint. */
  async loop(): Promise<void> {
    const loading = setTimeout(loadImports, LONG_MS).unref();
    try {
      await this.trainAndSave();
    } finally {
      clearTimeout(loading);
    }
  }

  private async trainAndSave(): Promise<void> {
    if (this.run.isChief) await this.callbacks.call('onStart');
    await this.runPendingHooks();
    await this.runEpochs();
    if (this.lastCheckpointStep !== this.step) await this.checkpoint();
    await this.run.checkpoints.flush();
    if (this.run.isChief) await this.callbacks.call('onEnd');
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
    if (this.run.isChief && !this.pending.isEmpty) {
      await this.pending.run(this.step);
      const best = this.hasBeenEvaluated ? this.settings.checkpoint.best : undefined;
      if (this.lastCheckpointStep === this.step) this.run.checkpoints.amend(this.state, best);
    }
    await this.shareStop();
  }

  private async evaluatePart(): Promise<void> {
    this.evaluatedPart = evaluatedPart(this.settings.evaluation, this.position, this.source?.batchesPerEpoch);
    try {
      await this.evaluate();
    } finally {
      this.evaluatedPart = undefined;
    }
  }

  /** Yields the remaining batches of the epoch; tunes settings before each step, and counts, logs and saves after it. */
  protected async *steps(): AsyncGenerator<Batch> {
    const source = checkSource(this.source, this.settings.evaluation, this.run.workers);
    const { epoch, batch, step } = this.position;
    const { batchesPerEpoch = Infinity } = source;
    const remaining = Math.min(batchesPerEpoch - batch, (this.settings.maxSteps ?? Infinity) - step);
    const batches = this.dataWait.measure(source.epoch(epoch, batch));
    for await (const each of this.run.monitor.iterate('Train', batches, remaining)) {
      if (this.epoch > epoch) throw lengthError(`more than ${batchesPerEpoch} batches`, epoch, batchesPerEpoch);
      if (this.run.isChief) this.run.tuning.before(this.step + 1);
      this.run.profiler?.before(this.step + 1, this.totalSteps);
      yield each;
      this.advance(source);
      await this.afterStep();
      if (this.shouldStop()) return;
    }
    if (this.epoch > epoch) return;
    const { batch: done } = this.position;
    if (batchesPerEpoch !== Infinity || done === 0) throw lengthError(`${done} batches`, epoch, batchesPerEpoch);
    this.endEpoch(source);
  }

  private advance(source: Source<Batch>): void {
    const { step, epoch, batch } = this.position;
    const { batchesPerEpoch, cursor } = source;
    const isLast = batch + 1 === batchesPerEpoch;
    const next = isLast
      ? { epoch: epoch + 1, batch: 0 }
      : { epoch, batch: batch + 1, ...(batchesPerEpoch !== undefined && { batchesPerEpoch }) };
    this.position = { step: step + 1, ...next, ...(cursor !== undefined && { cursor }) };
    this.pending.set(this.dueHooks);
  }

  /** Ends an epoch whose length was not known. */
  private endEpoch({ cursor }: Source<Batch>): void {
    const { step, epoch } = this.position;
    this.position = { step, epoch: epoch + 1, batch: 0, ...(cursor !== undefined && { cursor }) };
    // The step that turned out to be the epoch's last may have been evaluated.
    const isEvaluated = isDueAfterStep(this.settings.evaluation, this.position);
    this.pending.set(isEvaluated ? ['sample'] : this.dueHooks);
  }

  /** Hooks that are due at the current position. */
  private get dueHooks(): readonly EpochHook[] {
    if (this.isFinished) return ['evaluate', 'sample'];
    const { position, source, settings } = this;
    const isDue = isEvaluationDue(settings.evaluation, position, source?.batchesPerEpoch);
    return [...(isDue ? (['evaluate'] as const) : []), ...(position.batch === 0 ? (['sample'] as const) : [])];
  }

  private async afterStep(): Promise<void> {
    this.run.checkpoints.check();
    // Op by op, all promises of a step are already resolved: without this, signals and timers would wait until the epoch ends.
    await setImmediate();
    if (this.run.isChief) await this.callbacks.call('onStep');
    if (this.isFinished) this.pending.set(['evaluate', 'sample']);
    const warnings = [this.dataWait.afterStep(), this.estimate.afterStep(this.totalSteps - this.step)];
    if (this.run.isChief) for (const each of warnings) if (each !== undefined) this.run.monitor.log(each);
    const leak = this.leaks.afterStep();
    if (leak !== undefined) this.run.monitor.log(leak);
    const { profiler } = this.run;
    if (profiler) await this.run.optional('the profile', () => profiler.after(this.step, this.dataWait.share));
    if (this.step % this.settings.logEverySteps === 0 && !this.pending.includes('evaluate'))
      this.run.tracking.save(this.step);
    if (this.step % (this.settings.checkpoint.everySteps ?? Infinity) === 0) await this.checkpoint();
    if (this.pending.includes('evaluate') && this.position.batch !== 0 && !this.isFinished)
      await this.evaluateInEpoch();
  }

  private async evaluateInEpoch(): Promise<void> {
    await this.runPendingHooks();
    // Ended by a callback that has seen the metrics.
    if (this.isFinished) this.pending.set(['sample']);
  }
}
