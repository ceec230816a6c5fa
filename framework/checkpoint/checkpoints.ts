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
import { asideFor, putInPlace, removeCheckpoint } from './placing';
import { type Retention, expired, hasMetric } from './retention';

/** The checkpoints of a run, for its one writer. They are written while training goes on. */
export class Checkpoints extends CheckpointFolder {
  private writing: Promise<void> | undefined;
  private failure: Error | undefined;

  /**
   * @param origin what the checkpoints are of; asked when one is saved
   * @param goals of the metrics that a checkpoint can be the best by
   * @param checkWriter throws if another process writes the run by now
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
   * Saves a checkpoint while other work goes on: when the promise is kept, steps may change the variables. Waits for the one before.
   * It is written aside, brought to the disk, and renamed, so that it is there whole or not at all; then those are removed that need
   * be kept no longer.
   * @throws UserError as `check` does, of the one before; earlier checkpoints stay
   */
  async save(state: State, parts: CheckpointParts, { keep, keepEvery, best, goal }: Retention): Promise<void> {
    await this.flush();
    this.checkWriter();
    const variables = Object.values(parts).flatMap((part) => part.map(({ variable }) => variable));
    const snapshot = await this.engine.snapshot(variables);
    // Copied: settings that are tuned meanwhile count from the next checkpoint on.
    const retention = { keep, keepEvery, best, goal };
    this.writing = this.finishWriting(async () => {
      await this.write(state, parts, snapshot, retention);
      this.checkMetric(state, best);
    }, state.position);
  }

  /**
   * Updates the metrics and the pending hooks of the checkpoint that was saved last, once it is on the disk.
   * @param best the metric that a checkpoint is to be the best by
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
      this.failure = notSaved(position, error, this.list());
    });
  }

  /** @throws UserError where a checkpoint could not be written, or has no metric of the name in checkpoint.best */
  check(): void {
    const { failure } = this;
    this.failure = undefined;
    if (failure) throw failure;
  }

  /** Waits until what is being saved is on the disk. @throws UserError as `check` does */
  async flush(): Promise<void> {
    await this.writing;
    this.writing = undefined;
    this.check();
  }

  /**
   * Called when the run has come to its end.
   * @param best the metric that a checkpoint is to be the best by
   * @throws UserError where no checkpoint has it
   */
  async requireMetric(best: string | undefined): Promise<void> {
    if (best === undefined) return;
    const saved = await this.saved();
    if (!saved.some((each) => hasMetric(each, best))) throw unknownMetric(best, saved, this.folder);
  }

  /** Fails if an epoch was measured without the metric that is wanted; a declared one may come after some epochs. */
  private checkMetric(state: State, best: string | undefined): void {
    if (best === undefined || !isEvaluated(state) || hasMetric(state, best) || Object.hasOwn(this.goals, best)) return;
    this.failure = unknownMetric(best, [state], this.folder);
  }

  private async write(state: State, parts: CheckpointParts, snapshot: Snapshot, retention: Retention): Promise<void> {
    const { step } = state.position;
    const aside = asideFor(this.folder, step);
    try {
      await makeFolder(this.folder);
      await rm(aside, { recursive: true, force: true });
      await mkdir(aside);
      await this.fill(aside, state, parts, snapshot);
      this.checkWriter();
      await putInPlace(this.folder, step);
    } catch (error) {
      await rm(aside, { recursive: true, force: true }).catch(() => undefined);
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

/** Makes a folder, but not those that it is in: a run that was taken away is not to come back as a folder of checkpoints. */
async function makeFolder(path: string): Promise<void> {
  await mkdir(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
}

function notSaved({ step }: Position, error: unknown, others: readonly number[]): UserError {
  const intact =
    others.length === 0 ? 'There is no earlier one.' : `Earlier ones are as they were: ${others.join(', ')}.`;
  const space = isOutOfSpace(error) ? ['Make space on the disk, or keep fewer of them: checkpoint.keep=1'] : [];
  const reason = messageOf(error).replace(/\.$/, '');
  const message = `The checkpoint of step ${step} could not be saved: ${reason}.`;
  return new UserError(message, { hints: [intact, ...space], cause: error });
}

/** Whether the first epoch has been evaluated. */
function isEvaluated({ position, pending = [] }: State): boolean {
  return position.epoch > 0 && !pending.includes('evaluate');
}

/** @param saved the checkpoints that could have had the metric @param folder of the checkpoints, within that of their run */
function unknownMetric(metric: string, saved: readonly Pick<State, 'metrics'>[], folder: string): UserError {
  const names = [...new Set(saved.flatMap(({ metrics }) => Object.keys(metrics)))];
  const there = names.length === 0 ? 'The run has no metrics.' : didYouMean(metric, names, 'Metrics');
  return new UserError(`checkpoint.best=${metric}: the run has no metric of that name.`, {
    hints: [
      there,
      `The checkpoints are kept. Resume with another name: exp resume ${basename(dirname(folder))} checkpoint.best=...`,
    ],
    exitCode: ExitCode.usage,
  });
}
