import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError, messageOf } from '../errors';
import type { Goals } from '../kinds/metric';
import type { Engine } from '../tensorflow/engine';
import type { Snapshot } from '../tensorflow/snapshot';
import { type CheckpointParts, fileOf } from './checkpoint';
import { CheckpointFolder } from './checkpoint-folder';
import { syncFolder } from './durable';
import { type Origin, type Position, writeManifest } from './manifest';
import { type FileSums, writePart } from './part-file';
import { asideFor, putInPlace, removeCheckpoint } from './placing';
import { type Retention, expired } from './retention';

/** What is saved beside the variables. */
export interface State {
  readonly position: Position;
  /** The last value of each metric. */
  readonly metrics: Readonly<Record<string, number>>;
}

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
   * @throws UserError where the one before could not be written; earlier checkpoints stay
   */
  async save(state: State, parts: CheckpointParts, { keep, keepEvery, best, goal }: Retention): Promise<void> {
    await this.settle();
    const variables = Object.values(parts).flatMap((part) => part.map(({ variable }) => variable));
    const snapshot = await this.engine.snapshot(variables);
    // Copied: settings that are tuned meanwhile count from the next checkpoint on.
    this.writing = this.write(state, parts, snapshot, { keep, keepEvery, best, goal }).catch((error: unknown) => {
      this.failure = notSaved(state.position, error, this.list());
    });
  }

  /** @throws UserError where a checkpoint could not be written */
  check(): void {
    const { failure } = this;
    this.failure = undefined;
    if (failure) throw failure;
  }

  /** Waits until what is being saved is on the disk. @throws UserError where it could not be written */
  async settle(): Promise<void> {
    await this.writing;
    this.writing = undefined;
    this.check();
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
