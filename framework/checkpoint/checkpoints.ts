import { mkdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { didYouMean } from '../util/nearest';
import { ExitCode, UserError, messageOf } from '../errors';
import type { Goals } from '../kinds/metric';
import type { Engine } from '../tensorflow/engine';
import type { Snapshot } from '../tensorflow/snapshot';
import { type CheckpointParts, fileOf } from './checkpoint';
import { CheckpointFolder } from './checkpoint-folder';
import { isOutOfSpace } from '../util/file-errors';
import { syncFolder } from './durable';
import { type Origin, type Position, type State, amendManifest, writeManifest } from './manifest';
import { type FileSums, writePart } from './part-file';
import { temporaryCheckpointPath, commitCheckpoint, removeCheckpoint } from './commit-checkpoint';
import { type Retention, expired, hasMetric } from './retention';
import { commandName } from '../util/command-name';

/** The checkpoints of a run, for its only writer. They are written in the background while training continues. */
export class Checkpoints extends CheckpointFolder {
  private writing: Promise<void> | undefined;
  private failure: Error | undefined;

  /**
   * @param origin returns the origin recorded in a checkpoint; called for each save
   * @param goals declared goals of metrics, to select the best checkpoint
   * @param checkWriter throws if another process has taken over the run
   */
  constructor(
    folder: string,
    private readonly engine: Engine,
    private readonly origin: () => Origin,
    private readonly goals: Goals = {},
    private readonly checkWriter: () => void = () => undefined,
  ) {
    super(folder);
  }

  /**
   * Saves a checkpoint in the background: once the promise resolves, steps may change the variables. Waits for the previous save.
   * The checkpoint is written to a temporary folder, synced to disk, and renamed, so that it appears atomically; then expired
   * checkpoints are removed.
   * @param isEvaluated whether an evaluation has been due, so that the state must have the metric `best`
   * @throws UserError as `check`, for the previous save; earlier checkpoints are kept
   */
  async save(
    state: State,
    parts: CheckpointParts,
    { keep, keepEvery, best, goal }: Retention,
    isEvaluated = true,
  ): Promise<void> {
    await this.flush();
    this.checkWriter();
    const variables = Object.values(parts).flatMap((part) => part.map(({ variable }) => variable));
    const snapshot = await this.engine.snapshot(variables);
    // Copied: settings tuned in the meantime apply from the next checkpoint on.
    const retention = { keep, keepEvery, best, goal };
    this.writing = this.finishWriting(async () => {
      await this.write(state, parts, snapshot, retention);
      if (isEvaluated) this.checkMetric(state, best);
    }, state.position);
  }

  /**
   * Updates the metrics and the pending hooks of the latest checkpoint, once it is written.
   * @param best metric that selects the best checkpoint
   */
  amend(state: State, best?: string): void {
    const { position, ...change } = state;
    this.writing = this.finishWriting(async () => {
      if (this.failure) return;
      this.checkWriter();
      await amendManifest(join(this.folder, String(position.step)), change);
      this.checkMetric(state, best);
    }, position);
  }

  private async finishWriting(next: () => Promise<void>, position: Position): Promise<void> {
    await this.writing;
    await next().catch((error: unknown) => {
      this.failure = saveError(position, error, this.list());
    });
  }

  /** @throws UserError if a checkpoint could not be written, or lacks the metric of checkpoint.best */
  check(): void {
    const { failure } = this;
    this.failure = undefined;
    if (failure) throw failure;
  }

  /** Waits for pending writes. @throws UserError as `check` */
  async flush(): Promise<void> {
    await this.writing;
    this.writing = undefined;
    this.check();
  }

  /**
   * Called when the run has completed.
   * @param best metric that selects the best checkpoint
   * @throws UserError if no checkpoint has the metric
   */
  async requireMetric(best: string | undefined): Promise<void> {
    if (best === undefined) return;
    const saved = await this.saved();
    if (!saved.some((each) => hasMetric(each, best))) throw unknownMetric(best, saved, this.folder);
  }

  /** Records a failure if an epoch was evaluated without the metric `best`, unless the metric is declared: it may appear later. */
  private checkMetric(state: State, best: string | undefined): void {
    if (best === undefined || !isEvaluated(state) || hasMetric(state, best) || Object.hasOwn(this.goals, best)) return;
    this.failure = unknownMetric(best, [state], this.folder);
  }

  private async write(state: State, parts: CheckpointParts, snapshot: Snapshot, retention: Retention): Promise<void> {
    const { step } = state.position;
    const temporary = temporaryCheckpointPath(this.folder, step);
    try {
      await makeFolder(this.folder);
      await rm(temporary, { recursive: true, force: true });
      await mkdir(temporary);
      await this.fill(temporary, state, parts, snapshot);
      this.checkWriter();
      await commitCheckpoint(this.folder, step);
    } catch (error) {
      await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
      throw error;
    } finally {
      snapshot.dispose();
    }
    for (const old of expired(await this.saved(), retention, this.goals)) await removeCheckpoint(this.folder, old);
  }

  private async fill(folder: string, state: State, parts: CheckpointParts, snapshot: Snapshot): Promise<void> {
    const files: Record<string, FileSums> = {};
    for (const [part, variables] of Object.entries(parts))
      files[fileOf(part)] = await writePart(join(folder, fileOf(part)), variables, snapshot);
    await writeManifest(folder, { ...this.origin(), ...state, savedAt: new Date().toISOString(), files });
    await syncFolder(folder);
  }
}

/** Creates a folder but not its parents, so that a removed run does not reappear as a folder of checkpoints. */
async function makeFolder(path: string): Promise<void> {
  await mkdir(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
}

function saveError({ step }: Position, error: unknown, intactSteps: readonly number[]): UserError {
  const intact =
    intactSteps.length === 0
      ? 'There are no earlier checkpoints.'
      : `Earlier checkpoints are intact: steps ${intactSteps.join(', ')}.`;
  const space = isOutOfSpace(error) ? ['Free disk space, or keep fewer checkpoints: checkpoint.keep=1'] : [];
  const reason = messageOf(error).replace(/\.$/, '');
  const message = `The checkpoint of step ${step} could not be saved: ${reason}.`;
  return new UserError(message, { hints: [intact, ...space], cause: error });
}

/** True once the first epoch has been evaluated. */
function isEvaluated({ position, pending = [] }: State): boolean {
  return position.epoch > 0 && !pending.includes('evaluate');
}

/** @param saved the checkpoints searched for the metric @param folder of the checkpoints, within that of their run */
function unknownMetric(metric: string, saved: readonly Pick<State, 'metrics'>[], folder: string): UserError {
  const names = [...new Set(saved.flatMap(({ metrics }) => Object.keys(metrics)))];
  const hint = names.length === 0 ? 'The run has no metrics.' : didYouMean(metric, names, 'Metrics');
  return new UserError(`checkpoint.best=${metric}: the run has no metric "${metric}".`, {
    hints: [
      hint,
      `The checkpoints are kept. Resume with another metric: ${commandName()} resume ${basename(dirname(folder))} checkpoint.best=...`,
    ],
    exitCode: ExitCode.usage,
  });
}
