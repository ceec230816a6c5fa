import type { Ability, Experiment, SamplingOptions } from 'explab';
import type { Images, InterpolationOptions, InterpolationPair, TrajectoryOptions } from './images';

/** Abilities of an experiment whose model generates images. */
export interface ImageGenerator {
  /** Generates images in chunks, in the order of their indices. */
  sample(options: SamplingOptions): AsyncIterable<Images>;

  /**
   * Generates images and returns intermediate results; undefined if the model generates images in one step.
   * @returns the frames, each with all images
   */
  sampleTrajectory?(options: SamplingOptions, trajectory: TrajectoryOptions): Promise<Images[]>;

  /**
   * Interpolates between pairs of images; undefined if the model cannot.
   * @returns the frames: the first image of every pair, the interpolated images, and the second image of every pair
   */
  interpolate?(pairs: readonly InterpolationPair[], options: InterpolationOptions): Promise<Images[]>;
}

type With<A extends keyof ImageGenerator> = Experiment & Required<Pick<ImageGenerator, A>>;

function ability<A extends keyof ImageGenerator>(name: A, missing: string): Ability<With<A>> {
  return {
    missing,
    isIn: (experiment): experiment is With<A> =>
      (experiment as Experiment & Partial<ImageGenerator>)[name] !== undefined,
  };
}

/** Generating images step by step. */
export const TRAJECTORY = ability('sampleTrajectory', 'does not generate images step by step');

/** Interpolating between images. */
export const INTERPOLATION = ability('interpolate', 'does not interpolate between images');
