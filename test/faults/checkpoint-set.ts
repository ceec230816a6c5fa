import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckpointParts } from '../../framework/checkpoint/checkpoint';
import { Checkpoints } from '../../framework/checkpoint/checkpoints';
import type { Retention } from '../../framework/checkpoint/retention';
import { savedParameters } from '../../framework/checkpoint/variables';
import type { Goals } from '../../framework/kinds/metric';
import { Linear } from '../../framework/nn/linear';
import { Random } from '../../framework/random/random';
import { EagerEngine } from '../../framework/tensorflow/eager-engine';

const ORIGIN = { experiment: 'test', config: 'a hash', versions: {} };

/** A model by its seed: what a checkpoint holds is told by its numbers. */
export function modelOf(seed: number, outputs = 5): Linear {
  const layer = new Linear(7, outputs);
  layer.initialize(Random.fromSeed(seed));
  return layer;
}

export const partsOf = (model: Linear): CheckpointParts => ({ model: savedParameters(model.parameters()) });

/** Checkpoints of small models in a folder. The model of step N has the seed N. */
export class CheckpointSet {
  readonly engine = new EagerEngine();
  readonly checkpoints: Checkpoints;
  readonly folder: string;

  /** @param goals declared for metrics */
  constructor(root: string, goals: Goals = {}) {
    mkdirSync(root, { recursive: true });
    this.folder = join(root, 'checkpoints');
    this.checkpoints = new Checkpoints(this.folder, this.engine, () => ORIGIN, goals);
  }

  /** Saves steps, one after the other, and waits until the disk has them. */
  async save(
    steps: readonly number[],
    rule: Partial<Retention> = {},
    metrics: Record<string, number> = {},
  ): Promise<void> {
    const retention = { keep: 2, keepEvery: undefined, best: undefined, goal: undefined, ...rule };
    for (const step of steps) {
      const model = modelOf(step);
      await this.checkpoints.save(
        { position: { step, epoch: 0, batch: step, seed: 1 }, metrics },
        partsOf(model),
        retention,
      );
      await this.checkpoints.flush();
      model.dispose();
    }
  }

  /** The step of the newest whole checkpoint, and whether it holds that step's model to the bit. */
  async newest(): Promise<{ step: number; isExact: boolean; passedOver: number[] }> {
    const passedOver: number[] = [];
    const checkpoint = await this.checkpoints.openNewest((step) => passedOver.push(step));
    const { step } = checkpoint.manifest.position;
    const [loaded, wanted] = [modelOf(1000), modelOf(step)];
    await checkpoint.assign(this.engine, partsOf(loaded));
    await checkpoint.close();
    const [one, other] = [loaded, wanted].map((model) => [...model.weight.value.dataSync()]);
    const isExact = JSON.stringify(one) === JSON.stringify(other);
    for (const model of [loaded, wanted]) model.dispose();
    return { step, isExact, passedOver };
  }
}
