import { existsSync, readdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors';
import { type Goal, goalOf } from '../kinds/metric';
import { Checkpoint } from './checkpoint';
import { type Manifest, readManifest } from './manifest';
import { type Saved, bestOf } from './retention';

/** Told of a checkpoint that is passed over because it is damaged, and why. */
export type OnSkipped = (step: number, reason: string) => void;

/** The checkpoints of a run, for reading: `checkpoints/<step>/`. */
export class CheckpointFolder {
  constructor(protected readonly folder: string) {}

  /** The steps of the checkpoints that are there, in order. */
  list(): number[] {
    return savedSteps(this.folder);
  }

  /** What the checkpoints say of themselves, the oldest first. Of one that cannot be read its step is known. */
  async saved(): Promise<Saved[]> {
    const read = async (step: number): Promise<Saved> => {
      const unknown = { metrics: {}, isInterim: false };
      const { metrics, isInterim } = await readManifest(join(this.folder, String(step))).catch(() => unknown);
      return { step, metrics, isInterim };
    };
    return Promise.all(this.list().map(read));
  }

  /**
   * Opens the checkpoint of a step, checked.
   * @param parts those that are wanted; all of them unless it is given
   * @throws UserError where there is none, or it is damaged
   */
  async open(step: number, parts?: readonly string[]): Promise<Checkpoint> {
    if (!this.list().includes(step)) {
      throw new UserError(`There is no checkpoint of step ${step} in ${this.folder}.`, { hints: [this.there()] });
    }
    const checkpoint = await Checkpoint.open(join(this.folder, String(step)), parts);
    const { position } = checkpoint.manifest;
    if (position.step === step) return checkpoint;
    await checkpoint.close();
    throw new UserError(`${join(this.folder, String(step))} holds the checkpoint of step ${position.step}.`);
  }

  /**
   * Opens the newest checkpoint that is whole.
   * @throws UserError where there is none
   */
  async openNewest(passedOver: OnSkipped, parts?: readonly string[]): Promise<Checkpoint> {
    const errors: { readonly step: number; readonly error: UserError }[] = [];
    for (const step of this.list().reverse()) {
      try {
        const checkpoint = await this.open(step, parts);
        for (const { step: damaged, error } of errors) passedOver(damaged, error.message);
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
    throw new UserError(`None of the checkpoints in ${this.folder} is whole.`, { hints });
  }

  /** The step of the best checkpoint by a metric. @throws UserError where none has it */
  async best(metric: string, goal: Goal = goalOf(metric)): Promise<number> {
    const found = bestOf(await this.saved(), metric, goal);
    if (found) return found.step;
    throw new UserError(`No checkpoint in ${this.folder} has the metric ${metric}.`, { hints: [this.there()] });
  }

  /** Takes a damaged checkpoint out of the way, and leaves it to be looked at. @returns where it is now */
  async setAside(step: number): Promise<string> {
    const [from, to] = [join(this.folder, String(step)), join(this.folder, `${step}.damaged`)];
    await rm(to, { recursive: true, force: true });
    await rename(from, to);
    return to;
  }

  private there(): string {
    const steps = this.list();
    return steps.length === 0 ? 'There is none at all.' : `There are those of steps ${steps.join(', ')}.`;
  }
}

/** The steps of the checkpoints in a folder, in order. */
export function savedSteps(folder: string): number[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => /^\d+$/.test(name));
  return names.map(Number).sort((a, b) => a - b);
}

/** What the newest checkpoint says of itself, its numbers unchecked; nothing where there is none that can be read. */
export async function newestManifest(folder: string): Promise<Manifest | undefined> {
  const step = savedSteps(folder).at(-1);
  return step === undefined ? undefined : readManifest(join(folder, String(step))).catch(() => undefined);
}
