import { contractError, optional, value } from 'explab';
import type { NoiseLevel } from './noise-level';

/**
 * Linear combination of the values at a stage: x itself, the estimates of x_0 and ε from the network's output, the history kept by the
 * previous stage, and fresh standard normal noise. Omitted factors are 0.
 */
export interface LinearCombination {
  readonly x?: number;
  readonly x0?: number;
  readonly epsilon?: number;
  readonly history?: number;
  readonly noise?: number;
}

/** One call of the network during sampling, and the combinations computed from its output. */
export interface SamplerStep {
  /** Noise level of x. */
  readonly level: NoiseLevel;
  /** The next x. */
  readonly x: LinearCombination;
  /** History for the next stage. */
  readonly history?: LinearCombination;
  /** Whether the estimate of x_0 is clipped to [-1, 1] first. */
  readonly clip?: boolean;
}

/** Settings shared by all samplers. */
export class SamplerSettings {
  /** Number of sampling steps; by default the sampler's usual number, at most T. */
  steps = optional('number', { integer: true, min: 1 });
  /**
   * Clip the predicted x₀ to [-1, 1] at every step. Sampling in few steps needs it if almost nothing of the image remains in x_T, as with a
   * cosine schedule.
   */
  clip = value(true);
}

/**
 * Sampling method: its noise levels, and the step from one to the next. It only computes factors, so that one compiled program runs the
 * steps of all samplers.
 *
 * x starts as standard normal noise and is scaled as x_t = √ᾱ_t x_0 + √(1 - ᾱ_t) ε throughout.
 */
export abstract class Sampler {
  constructor(private readonly common: SamplerSettings) {}

  /**
   * @param alphaBar of the diffusion process: ᾱ at the indices 0 to T - 1; only the last may be 0. To start at x_t, ᾱ up to the
   *   index t
   * @returns one stage per call of the network, in order
   * @throws UserError if there are fewer steps than requested, or a factor is not finite
   */
  steps(alphaBar: Float64Array): SamplerStep[] {
    const { clip } = this.common;
    const stages = this.trajectory(alphaBar).map((stage) => ({ ...stage, clip }));
    checkStages(this, stages);
    return stages;
  }

  /** Stages of the method, without clipping. */
  protected abstract trajectory(alphaBar: Float64Array): SamplerStep[];
}

/** A single non-finite factor makes every image black, so it is rejected before sampling. */
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
