import { existsSync, mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ExitCode, UserError } from '../errors';
import { checkRunName, isReserved } from './run-name';
import { createTimestampedFolder } from './timestamped-folder';

/** Where a run keeps its files: `runs/<experiment>/<id>/`. */
export class RunFolder {
  constructor(readonly path: string) {}

  /**
   * Makes a new folder, named by the time; of two runs that start in one second, the second is numbered.
   * @param root of all runs
   * @param name that the user gives it, after the time
   * @throws UserError for a name that cannot be
   */
  static create(root: string, experiment: string, now = new Date(), name?: string): RunFolder {
    if (name !== undefined) checkRunName(name);
    const suffix = name === undefined ? '' : `-${name}`;
    return new RunFolder(createTimestampedFolder(join(root, experiment), now, suffix));
  }

  /**
   * The folder of that name, made where it is not there.
   * @throws UserError where it holds a run already, or the name is no plain one
   */
  static named(root: string, experiment: string, id: string): RunFolder {
    if (!/^[a-z0-9][\w.-]{0,99}$/i.test(id)) throw unfit(id, 'it is not 1 to 100 letters, digits, dots and dashes');
    if (isReserved(id)) throw unfit(id, 'that means something else');
    const folder = new RunFolder(join(root, experiment, id));
    if (existsSync(folder.record)) throw unfit(id, 'there is such a run already');
    mkdirSync(folder.path, { recursive: true });
    return folder;
  }

  /** The folder of all runs. */
  get root(): string {
    return dirname(dirname(this.path));
  }

  get id(): string {
    return basename(this.path);
  }

  /** The record of the run: status, command, versions, times. */
  get record(): string {
    return join(this.path, 'run.json');
  }

  /** Tags and a note. */
  get labels(): string {
    return join(this.path, 'labels.json');
  }

  /** The job that runs it, where it was handed to a launcher. */
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

  /** What was printed while the run was written. */
  get log(): string {
    return join(this.path, 'log.txt');
  }

  /** The points of the curves. */
  get metrics(): string {
    return join(this.path, 'metrics.jsonl');
  }

  /** What tells the data that it is trained on from others. */
  get data(): string {
    return join(this.path, 'data.json');
  }

  /** The changes of settings that were asked for. */
  get tune(): string {
    return join(this.path, 'tune.jsonl');
  }

  /** The changes of settings that took effect, each with its step. */
  get tuned(): string {
    return join(this.path, 'tuned.jsonl');
  }

  /** What was measured of drawn images by `exp evaluate`. */
  get evaluations(): string {
    return join(this.path, 'evaluations.jsonl');
  }

  get samples(): string {
    return join(this.path, 'samples');
  }

  /** What was recorded of single steps. */
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

function unfit(id: string, reason: string): UserError {
  return new UserError(`--id ${JSON.stringify(id)}: ${reason}.`, { exitCode: ExitCode.usage });
}
