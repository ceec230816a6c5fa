import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError, messageOf } from '../errors';
import type { Engine } from '../tensorflow/engine';
import type { Snapshot } from '../tensorflow/snapshot';
import { type CheckpointParts, fileOf } from './checkpoint';
import { CheckpointFolder } from './checkpoint-folder';
import { isOutOfSpace } from '../util/file-errors';
import { syncFolder } from './durable';
import { type Origin, type Position, type State, amendManifest, writeManifest } from './manifest';
import { type FileSums, writePart } from './part-file';
import { asideFor, putInPlace, removeCheckpoint } from './placing';
import { type Retention, expired } from './retention';

/** The checkpoints of a run, for its one writer. They are written while training goes on. */
export class Checkpoints extends CheckpointFolder {
  private writing: Promise<void> | undefined;
  private failure: Error | undefined;

  /** @param origin what the checkpoints are of; asked when one is saved */
  constructor(
    folder: string,
    private readonly engine: Engine,
    private readonly origin: () => Origin,
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
    const retention = { keep, keepEvery, best, goal };
    this.writing = this.finishWriting(() => this.write(state, parts, snapshot, retention), state.position);
  }

  /** Updates the metrics and the pending hooks of the checkpoint that was saved last, once it is on the disk. */
  amend({ position, ...change }: State): void {
    this.writing = this.finishWriting(async () => {
      if (!this.failure) await amendManifest(join(this.folder, String(position.step)), change);
    }, position);
  }

  private async finishWriting(next: () => Promise<void>, position: Position): Promise<void> {
    await this.writing;
    await next().catch((error: unknown) => {
      this.failure = notSaved(position, error, this.list());
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
    for (const old of expired(await this.saved(), retention)) await removeCheckpoint(this.folder, old);
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
