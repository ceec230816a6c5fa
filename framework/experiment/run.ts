import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Checkpoints } from '../checkpoint/checkpoints';
import { UserError } from '../errors';
import type { Picture } from '../kinds/tracker';
import type { Monitor } from '../monitor/monitor';
import type { Random } from '../random/random';
import type { RunFolder } from '../run/run-folder';
import type { Tracking } from '../tracker/tracking';
import type { Engine } from '../tensorflow/engine';
import { fileError } from '../util/file-errors';
import type { Profiler } from './lifecycle/profiler';
import type { StopSignal } from './lifecycle/stop-signal';
import type { Tuning } from './lifecycle/tuning';
import type { Workers } from './distributed/workers';

/** The services of a run, injected into its experiment. */
export class Run {
  /** What could not be written. */
  private readonly failed = new Set<string>();

  constructor(
    readonly folder: RunFolder,
    readonly monitor: Monitor,
    readonly tracking: Tracking,
    readonly checkpoints: Checkpoints,
    readonly random: Random,
    readonly stop: StopSignal,
    readonly engine: Engine,
    readonly tuning: Tuning,
    /** Where steps are to be recorded. */
    readonly profiler: Profiler | undefined,
    /** Where several train together. */
    readonly workers?: Workers,
  ) {}

  /** Whether this process writes the run: of several workers one does. */
  get isChief(): boolean {
    return this.workers?.isChief ?? true;
  }

  /**
   * Keeps a picture: as `samples/<name>-<step>.png`, and by every tracker. One that cannot be written is reported, once for each name.
   * @throws UserError where no file can be called so
   */
  async picture(step: number, name: string, picture: Picture): Promise<void> {
    const file = join(this.folder.samples, `${checkedName(name)}-${step}.png`);
    await this.optional(name, async () => {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, picture.png);
    });
    await this.tracking.picture(step, name, picture);
  }

  /**
   * Writes what training does not depend on: only checkpoints and the run's record may end it. An error of the file system is reported
   * once, and training continues; any other error passes.
   * @param what is written; each is reported once
   */
  async optional(what: string, write: () => void | Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      const failure = fileError(error);
      if (!failure) throw error;
      if (!this.failed.has(what)) this.monitor.log(`${failure.message} Training continues without ${what}.`);
      this.failed.add(what);
    }
  }
}

/** The name is that of a file, and may have folders: none above it, and nothing that a file system does not take. */
function checkedName(name: string): string {
  const parts = name.split('/');
  if (parts.every((part) => /^[\p{L}\p{N}_-][\p{L}\p{N} ._-]{0,59}$/u.test(part))) return name;
  throw new UserError(`A picture cannot be called ${JSON.stringify(name.slice(0, 80))}.`, {
    hints: ['Its name is that of a file: letters, digits, and spaces, dots and dashes within them; / makes folders.'],
  });
}
