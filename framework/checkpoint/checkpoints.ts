import { mkdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { didYouMean } from '../config/nearest';
import { ExitCode, UserError, messageOf } from '../errors';
import type { Goals } from '../kinds/metric';
import type { Engine } from '../tensorflow/engine';
import type { Snapshot } from '../tensorflow/snapshot';
import { type CheckpointParts, fileOf } from './checkpoint';
import { CheckpointFolder } from './checkpoint-folder';
import { syncFolder } from './durable';
import { type Origin, type Position, writeManifest } from './manifest';
import { type FileSums, writePart } from './part-file';
import { asideFor, putInPlace, removeCheckpoint } from './placing';
import { type CheckpointSettings, type Retention, expired, hasMetric } from './retention';

/** What is saved beside the variables. */
export interface State {
  readonly position: Position;
  /** The last value of each metric. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** Which checkpoints are kept, and when they are saved. */
type Saving = Retention & Partial<Pick<CheckpointSettings, 'everySteps'>>;

/** The checkpoints of a run, for its one writer. They are written while training goes on. */
export class Checkpoints extends CheckpointFolder {
  private writing: Promise<void> | undefined;
  private failure: Error | undefined;

  /**
   * @param origin what the checkpoints are of; asked when one is saved
   * @param goals of the metrics that a checkpoint can be the best by
   */
  constructor(
    folder: string,
    private readonly engine: Engine,
    private readonly origin: () => Origin,
    private readonly goals: Goals = {},
  ) {
    super(folder);
  }

  /**
   * Saves a checkpoint while other work goes on: when the promise is kept, steps may change the variables. Waits for the one before.
   * It is written aside, brought to the disk, and renamed, so that it is there whole or not at all; then those are removed that need
   * be kept no longer.
   * @throws UserError as `check` does, of the one before; earlier checkpoints stay
   */
  async save(state: State, parts: CheckpointParts, { everySteps, keep, keepEvery, best, goal }: Saving): Promise<void> {
    await this.settle();
    const variables = Object.values(parts).flatMap((part) => part.map(({ variable }) => variable));
    const snapshot = await this.engine.snapshot(variables);
    // Copied: settings that are tuned meanwhile count from the next checkpoint on.
    this.writing = this.write(state, parts, snapshot, { keep, keepEvery, best, goal }).then(
      () => {
        if (best !== undefined && isEvaluated(state.position, everySteps) && !this.isKnown(best, state))
          this.failure = unknownMetric(best, [state], this.folder);
      },
      (error: unknown) => {
        this.failure = notSaved(state.position, error, this.list());
      },
    );
  }

  /** @throws UserError where a checkpoint could not be written, or has no metric of the name in checkpoint.best */
  check(): void {
    const { failure } = this;
    this.failure = undefined;
    if (failure) throw failure;
  }

  /** Waits until what is being saved is on the disk. @throws UserError as `check` does */
  async settle(): Promise<void> {
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

  /** Whether a metric was measured, or is declared: then it may come after some epochs. */
  private isKnown(metric: string, state: State): boolean {
    return hasMetric(state, metric) || Object.hasOwn(this.goals, metric);
  }

  private async write(state: State, parts: CheckpointParts, snapshot: Snapshot, retention: Retention): Promise<void> {
    const { step } = state.position;
    const aside = asideFor(this.folder, step);
    try {
      await makeFolder(this.folder);
      await rm(aside, { recursive: true, force: true });
      await mkdir(aside);
      await this.fill(aside, state, parts, snapshot);
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

/** What says that there is no room. */
const NO_SPACE = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

function notSaved({ step }: Position, error: unknown, others: readonly number[]): UserError {
  const { code = '' } = error as NodeJS.ErrnoException;
  const intact =
    others.length === 0 ? 'There is no earlier one.' : `Earlier ones are as they were: ${others.join(', ')}.`;
  const space = NO_SPACE.has(code) ? ['Make space on the disk, or keep fewer of them: checkpoint.keep=1'] : [];
  const reason = messageOf(error).replace(/\.$/, '');
  const message = `The checkpoint of step ${step} could not be saved: ${reason}.`;
  return new UserError(message, { hints: [intact, ...space], cause: error });
}

/** Whether the first epoch has been evaluated. One saved every so many steps at its end comes before that. */
function isEvaluated({ epoch, batch }: Position, everySteps: number | undefined): boolean {
  return epoch > 1 || (epoch === 1 && (batch > 0 || everySteps === undefined));
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
