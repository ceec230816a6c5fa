import { optional, value } from '../config/declare/declare';
import { contractError } from './contract';
import type { NoiseLevel } from './noise-level';

/**
 * Factors of what is known at a stage, which are multiplied and summed: x itself, the estimates of x_0 and ε that the network's answer
 * stands for, what the stage before kept, and fresh standard normal noise. What is left out has the factor 0.
 */
export interface LinearCombination {
  readonly x?: number;
  readonly x0?: number;
  readonly epsilon?: number;
  readonly history?: number;
  readonly noise?: number;
}

/** A call of the network on the way from noise to an image, and what is made of its answer. */
export interface SamplerStep {
  /** How much noise there is in x. */
  readonly level: NoiseLevel;
  /** The x to go on with. */
  readonly x: LinearCombination;
  /** What the next stage is to know of this one. */
  readonly history?: LinearCombination;
  /** Whether the estimate of x_0 is brought into [-1, 1] before anything is made of it. */
  readonly clip?: boolean;
}

/** Settings of every sampler. */
export class SamplerSettings {
  /** How many steps; where left out, as many as the sampler is commonly used with, and no more than there are. */
  steps = optional('number', { integer: true, min: 1 });
  /**
   * Whether the image that the network makes out is brought into the range of images at each step. Where next to nothing of the image is
   * left in x_T, as by a cosine schedule, few steps need it.
   */
  clip = value(true);
}

/**
 * A way from noise to images: which noise levels it passes through, and how it gets from one to the next. It computes factors alone, so
 * that one compiled program takes the steps of all samplers.
 *
 * x begins as standard normal noise and has the scale x_t = √ᾱ_t x_0 + √(1 - ᾱ_t) ε everywhere.
 */
export abstract class Sampler {
  constructor(private readonly common: SamplerSettings) {}

  /**
   * @param alphaBar of the diffusion process: ᾱ at the indices 0 to T - 1; only the last may be 0. To begin in the middle, at x_t, ᾱ up
   *   to the index t
   * @returns one stage for each call of the network, in the order of the calls
   * @throws UserError where there are not as many steps as are asked for, or a number of a stage is not finite
   */
  steps(alphaBar: Float64Array): SamplerStep[] {
    const { clip } = this.common;
    const stages = this.trajectory(alphaBar).map((stage) => ({ ...stage, clip }));
    checkStages(this, stages);
    return stages;
  }

  /** The stages as the method has them, which knows nothing of the range of images. */
  protected abstract trajectory(alphaBar: Float64Array): SamplerStep[];
}

/** A single factor that is not finite makes every image black, so it is refused before anything is drawn. */
function checkStages(sampler: Sampler, stages: readonly SamplerStep[]): void {
  if (stages.length === 0) throw contractError(sampler, 'stages', '1 or more', 0);
  for (const [index, { level, x, history = {} }] of stages.entries()) {
    const where = `stage ${index + 1} of ${stages.length}`;
    for (const [part, numbers] of Object.entries({ level, x, history })) checkFinite(sampler, part, numbers, where);
    if (level.alphaBar >= 0 && level.alphaBar < 1) continue;
    throw contractError(sampler, `level.alphaBar of ${where}`, 'a number in [0, 1)', level.alphaBar);
  }
}

function checkFinite(sampler: Sampler, part: string, numbers: NoiseLevel | LinearCombination, where: string): void {
  for (const [name, number = 0] of Object.entries(numbers) as [string, number | undefined][]) {
    if (!Number.isFinite(number))
      throw contractError(sampler, `${part}.${name} of ${where}`, 'a finite number', number);
  }
}
