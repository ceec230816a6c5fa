import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Checkpoints } from '../checkpoint/checkpoints';
import type { Picture } from '../kinds/tracker';
import type { Monitor } from '../monitor/monitor';
import type { Random } from '../random/random';
import type { RunFolder } from '../run/run-folder';
import type { Tracking } from '../tracker/tracking';
import type { Engine } from '../tensorflow/engine';
import type { Profiler } from './profiler';
import type { StopSignal } from './stop-signal';
import type { Tuning } from './tuning';
import type { Workers } from './workers';

/** The services of a run, injected into its experiment. */
export class Run {
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

  /** Keeps a picture: as `samples/<name>-<step>.png`, and by every tracker. */
  async picture(step: number, name: string, picture: Picture): Promise<void> {
    await mkdir(this.folder.samples, { recursive: true });
    await writeFile(join(this.folder.samples, `${name}-${step}.png`), picture.png);
    await this.tracking.picture(step, name, picture);
  }
}
