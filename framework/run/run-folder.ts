import { existsSync, mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ExitCode, UserError } from '../errors';
import { RUN_ID, checkRunName, isReserved } from './run-name';
import { createTimestampedFolder } from './timestamped-folder';

/** Folder of a run: `runs/<experiment>/<id>/`. */
export class RunFolder {
  constructor(readonly path: string) {}

  /**
   * Creates a new folder, named by the time; if two runs start in the same second, the second one is numbered.
   * @param root folder of all runs
   * @param name user-given name, appended to the time
   * @throws UserError for an invalid name
   */
  static create(root: string, experiment: string, now = new Date(), name?: string): RunFolder {
    if (name !== undefined) checkRunName(name);
    const suffix = name === undefined ? '' : `-${name}`;
    return new RunFolder(createTimestampedFolder(join(root, experiment), now, suffix));
  }

  /**
   * The folder with this id, created if it does not exist.
   * @throws UserError if it contains a run, or the id is invalid
   */
  static named(root: string, experiment: string, id: string): RunFolder {
    if (!RUN_ID.test(id)) throw invalidId(id, 'expected 1 to 100 letters, digits, dots and dashes');
    if (isReserved(id)) throw invalidId(id, 'this name is reserved');
    const folder = new RunFolder(join(root, experiment, id));
    if (existsSync(folder.record)) throw invalidId(id, 'a run with this id already exists');
    mkdirSync(folder.path, { recursive: true });
    return folder;
  }

  /** Folder of all runs. */
  get root(): string {
    return dirname(dirname(this.path));
  }

  get id(): string {
    return basename(this.path);
  }

  /** Record of the run: status, command, versions, times. */
  get record(): string {
    return join(this.path, 'run.json');
  }

  /** Tags and a note. */
  get labels(): string {
    return join(this.path, 'labels.json');
  }

  /** Job of a run that was submitted to a launcher. */
  get submission(): string {
    return join(this.path, 'job.json');
  }

  /** Every setting with its value and origin. */
  get config(): string {
    return join(this.path, 'config.json');
  }

  /** A folder for each process that wrote the run, in order: `attempts/1/`, `attempts/2/`. */
  get attempts(): string {
    return join(this.path, 'attempts');
  }

  /** Output of the processes that wrote the run. */
  get log(): string {
    return join(this.path, 'log.txt');
  }

  /** Points of the curves. */
  get metrics(): string {
    return join(this.path, 'metrics.jsonl');
  }

  /** Fingerprint of the training data. */
  get data(): string {
    return join(this.path, 'data.json');
  }

  /** Requested changes of settings. */
  get tune(): string {
    return join(this.path, 'tune.jsonl');
  }

  /** Applied changes of settings, each with its step. */
  get tuned(): string {
    return join(this.path, 'tuned.jsonl');
  }

  /** Evaluations by `exp evaluate`. */
  get evaluations(): string {
    return join(this.path, 'evaluations.jsonl');
  }

  /** Pictures logged during training. */
  get samples(): string {
    return join(this.path, 'samples');
  }

  /** Other artifacts logged during training: texts, tables, audio. */
  get artifacts(): string {
    return join(this.path, 'artifacts');
  }

  /** Profiles of steps. */
  get profile(): string {
    return join(this.path, 'profile');
  }

  get checkpoints(): string {
    return join(this.path, 'checkpoints');
  }

  /** Batches that training has diverged at. */
  get failures(): string {
    return join(this.path, 'failures');
  }

  get tensorboard(): string {
    return join(this.path, 'tensorboard');
  }
}

function invalidId(id: string, reason: string): UserError {
  return new UserError(`id ${JSON.stringify(id)}: ${reason}.`, { exitCode: ExitCode.usage });
}
