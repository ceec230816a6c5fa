import { existsSync, readdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors';
import { type Goal, goalOf } from '../kinds/metric';
import { Checkpoint } from './checkpoint';
import { type Manifest, readManifest } from './manifest';
import { type Saved, bestOf } from './retention';

/** Called for a damaged checkpoint that is skipped, with the reason. */
export type OnSkipped = (step: number, reason: string) => void;

/** The checkpoints of a run, for reading: `checkpoints/<step>/`. */
export class CheckpointFolder {
  constructor(protected readonly folder: string) {}

  /** Steps of the saved checkpoints, in ascending order. */
  list(): number[] {
    return savedSteps(this.folder);
  }

  /** Step and metrics of the checkpoints, oldest first; no metrics if the manifest cannot be read. */
  async saved(): Promise<Saved[]> {
    const read = async (step: number): Promise<Saved> => {
      const unreadable = { metrics: {}, isInterim: false };
      const { metrics, isInterim } = await readManifest(join(this.folder, String(step))).catch(() => unreadable);
      return { step, metrics, isInterim };
    };
    return Promise.all(this.list().map(read));
  }

  /**
   * Opens and verifies the checkpoint of a step.
   * @param parts the parts to open; all of them by default
   * @throws UserError if it is missing or damaged
   */
  async open(step: number, parts?: readonly string[]): Promise<Checkpoint> {
    if (!this.list().includes(step)) {
      throw new UserError(`There is no checkpoint of step ${step} in ${this.folder}.`, {
        hints: [this.availableSteps()],
      });
    }
    const checkpoint = await Checkpoint.open(join(this.folder, String(step)), parts);
    const { position } = checkpoint.manifest;
    if (position.step === step) return checkpoint;
    await checkpoint.close();
    throw new UserError(`${join(this.folder, String(step))} holds the checkpoint of step ${position.step}.`);
  }

  /**
   * Opens the latest valid checkpoint.
   * @throws UserError if there is none
   */
  async openNewest(onSkip: OnSkipped, parts?: readonly string[]): Promise<Checkpoint> {
    const errors: { readonly step: number; readonly error: UserError }[] = [];
    for (const step of this.list().reverse()) {
      try {
        const checkpoint = await this.open(step, parts);
        for (const { step: damaged, error } of errors) onSkip(damaged, error.message);
        return checkpoint;
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        errors.push({ step, error });
      }
    }
    const [first, ...others] = errors.map(({ error }) => error);
    if (!first) throw new UserError(`There is no checkpoint in ${this.folder}.`);
    if (others.length === 0) throw first;
    const hints = errors.map(({ error }) => error.message);
    throw new UserError(`All checkpoints in ${this.folder} are damaged.`, { hints });
  }

  /** Step of the best checkpoint by a metric. @throws UserError if none has the metric */
  async best(metric: string, goal: Goal = goalOf(metric)): Promise<number> {
    const best = bestOf(await this.saved(), metric, goal);
    if (best) return best.step;
    throw new UserError(`No checkpoint in ${this.folder} has the metric ${metric}.`, {
      hints: [this.availableSteps()],
    });
  }

  /** Renames a damaged checkpoint to `<step>.damaged`. @returns its new path */
  async setAside(step: number): Promise<string> {
    const [from, to] = [join(this.folder, String(step)), join(this.folder, `${step}.damaged`)];
    await rm(to, { recursive: true, force: true });
    await rename(from, to);
    return to;
  }

  private availableSteps(): string {
    const steps = this.list();
    return steps.length === 0 ? 'There are no checkpoints.' : `Available steps: ${steps.join(', ')}.`;
  }
}

/** Steps of the checkpoints in a folder, in ascending order. */
export function savedSteps(folder: string): number[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => /^\d+$/.test(name));
  return names.map(Number).sort((a, b) => a - b);
}

/** Manifest of the latest checkpoint, whose arrays are not verified; undefined if there is none or it cannot be read. */
export async function newestManifest(folder: string): Promise<Manifest | undefined> {
  const step = savedSteps(folder).at(-1);
  return step === undefined ? undefined : readManifest(join(folder, String(step))).catch(() => undefined);
}
