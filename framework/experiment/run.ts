import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { type Artifact, isImage } from '../artifacts/artifact';
import type { Checkpoints } from '../checkpoint/checkpoints';
import { UserError } from '../errors';
import type { Monitor } from '../monitor/monitor';
import type { Random } from '../random/random';
import type { RunFolder } from '../run/run-folder';
import type { Tracking } from '../tracker/tracking';
import type { Engine } from '../tensorflow/engine';
import { fileError } from '../util/file-errors';
import type { Profiler } from './lifecycle/profiler';
import type { StopSignal } from './lifecycle/stop-signal';
import type { Tuning } from './lifecycle/tuning';
import type { Shard } from '../data/batches';
import type { Workers } from './distributed/workers';

/** The services of a run, injected into its experiment. */
export class Run {
  /** Outputs whose write error has been reported. */
  private readonly reportedFailures = new Set<string>();

  constructor(
    readonly folder: RunFolder,
    readonly monitor: Monitor,
    readonly tracking: Tracking,
    readonly checkpoints: Checkpoints,
    readonly random: Random,
    readonly stop: StopSignal,
    readonly engine: Engine,
    readonly tuning: Tuning,
    /** Undefined unless steps are recorded. */
    readonly profiler: Profiler | undefined,
    /** Undefined for a single process. */
    readonly workers?: Workers,
  ) {}

  /** True if this process writes the run: with several workers, only the chief does. */
  get isChief(): boolean {
    return this.workers?.isChief ?? true;
  }

  /** This worker's share of every batch; undefined for a single process. @param microBatches number of parts of a batch */
  shareOf(microBatches: number): Shard | undefined {
    const { workers } = this;
    return workers && { index: workers.index, count: workers.count, parts: microBatches };
  }

  /**
   * Saves an artifact as `samples/<name>-<step>.png` or `artifacts/<name>-<step>.<extension>` and in every tracker. A write error is
   * reported once for each name. Does nothing on workers other than the chief.
   * @throws UserError if the name is not a valid file name
   */
  async artifact(step: number, name: string, artifact: Artifact): Promise<void> {
    const { samples, artifacts, path } = this.folder;
    const folder = isImage(artifact) ? samples : artifacts;
    const file = join(folder, `${checkedName(name)}-${step}${artifact.extension}`);
    if (!this.isChief) return;
    const isWritten = await this.optional(name, async () => {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, artifact.content);
    });
    await this.tracking.artifact(step, name, artifact, isWritten ? relative(path, file) : undefined);
  }

  /**
   * Writes output that training does not depend on, unlike checkpoints and the run's record. A file system error is reported once, and
   * training continues; any other error is thrown.
   * @param what name of the output, as reported
   * @returns true if it was written
   */
  async optional(what: string, write: () => void | Promise<void>): Promise<boolean> {
    try {
      await write();
      return true;
    } catch (error) {
      const failure = fileError(error);
      if (!failure) throw error;
      if (!this.reportedFailures.has(what)) this.monitor.log(`${failure.message} Training continues without ${what}.`);
      this.reportedFailures.add(what);
      return false;
    }
  }
}

/** @returns the name, a relative file name that may contain folders @throws UserError if it is not valid on every file system */
function checkedName(name: string): string {
  const parts = name.split('/');
  if (parts.every((part) => /^[\p{L}\p{N}_-][\p{L}\p{N} ._-]{0,99}$/u.test(part))) return name;
  throw new UserError(`Invalid artifact name: ${JSON.stringify(name.slice(0, 80))}.`, {
    hints: ['Expected a file name: letters, digits, and spaces, dots and dashes within them; / separates folders.'],
  });
}
