import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Where a run keeps its files: `runs/<experiment>/<id>/`. */
export class RunFolder {
  constructor(readonly path: string) {}

  /**
   * Makes a new folder, named by the time. Making it is the lock: of two runs that start in one second, the second is numbered.
   * @param root of all runs
   */
  static create(root: string, experiment: string, now = new Date()): RunFolder {
    const parent = join(root, experiment);
    mkdirSync(parent, { recursive: true });
    const stamp = timestamp(now);
    for (let attempt = 1; ; attempt++) {
      const path = join(parent, attempt === 1 ? stamp : `${stamp}-${attempt}`);
      try {
        mkdirSync(path);
        return new RunFolder(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  }

  get id(): string {
    return basename(this.path);
  }

  /** The record of the run: status, command, versions, times. */
  get record(): string {
    return join(this.path, 'run.json');
  }

  /** Every setting with its value and origin. */
  get config(): string {
    return join(this.path, 'config.json');
  }

  get metrics(): string {
    return join(this.path, 'metrics.jsonl');
  }

  /** The changes of settings that were asked for. */
  get tune(): string {
    return join(this.path, 'tune.jsonl');
  }

  /** The changes of settings that took effect, each with its step. */
  get tuned(): string {
    return join(this.path, 'tuned.jsonl');
  }

  get samples(): string {
    return join(this.path, 'samples');
  }

  get checkpoints(): string {
    return join(this.path, 'checkpoints');
  }

  get tensorboard(): string {
    return join(this.path, 'tensorboard');
  }
}

/** 20261122-231507, in local time. */
function timestamp(now: Date): string {
  const parts = [
    now.getFullYear(),
    now.getMonth() + 1,
    now.getDate(),
    now.getHours(),
    now.getMinutes(),
    now.getSeconds(),
  ];
  const [year, month, day, hour, minute, second] = parts.map((part) => String(part).padStart(2, '0'));
  return `${year}${month}${day}-${hour}${minute}${second}`;
}
