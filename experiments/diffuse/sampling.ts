import type { Diffusion, LinearCombination, NoisePredictor, SamplerStep, TracedLevel } from 'explab/diffusion';
import { checkShape, type Engine, type Program, Random, repeat, type Step, tf } from 'explab';
import { clipped } from './clipped';
import { conditioned } from './guidance';

/** State passed between stages: float32 [batch, height, width, channels] each. */
export interface SamplingState {
  readonly x: tf.Tensor4D;
  /** Values kept by the previous stage. */
  readonly history: tf.Tensor4D;
  /** Class of each image; undefined if the network is unconditional. */
  readonly labels?: readonly number[] | undefined;
}

/** Noise of a trajectory; that of an image depends on its number, not on the others in its batch. */
export interface NoiseSpec {
  /** Stream that all stages draw from. */
  readonly random: Random;
  /** Number of each image; equal numbers get equal noise. */
  readonly images: readonly number[];
}

/** Model, process and options of sampling. */
interface SamplingParts {
  readonly model: NoisePredictor;
  readonly diffusion: Diffusion;
  /** Runs code with the weights to sample with; the model's own by default. */
  readonly around?: <T>(code: () => T) => T;
  /** Scale s of classifier-free guidance for a conditional network; 1 is no guidance. */
  readonly guidance?: number;
}

/**
 * A stage for any sampler, whose parameters are inputs; the last inputs are the labels, if any, and the guidance scale.
 */
function stageOf({ model, diffusion, around = (code) => code(), guidance }: SamplingParts): Step {
  return (x, kept, level, mixtures, key, left, images, labels?: tf.Tensor, scale?: tf.Tensor) => {
    const predictor = conditioned(
      model,
      labels as tf.Tensor1D | undefined,
      (scale as tf.Scalar | undefined) ?? guidance,
    );
    const { bound, ...traced } = tracedLevel(level as tf.Tensor1D);
    const estimate = around(() => diffusion.estimate(predictor, x as tf.Tensor4D, traced));
    checkShape(diffusion, 'estimate', estimate.x0, x.shape);
    checkShape(diffusion, 'estimate', estimate.epsilon, x.shape);
    const { x0, epsilon } = clipped(estimate, bound, traced);
    // The stream is an input, so that sampling at another training step needs no new program.
    const stream = Random.fromKey(key as tf.Scalar, left as tf.Scalar).fork();
    const noise = stream.normalAtEach<tf.Rank.R4>(images as tf.Tensor1D, x0.shape.slice(1));
    return tf.unstack(combine(mixtures as tf.Tensor2D, [x, x0, epsilon, kept, noise] as tf.Tensor4D[]));
  };
}

/** A stage of a sampler by its index from 0: (x, kept, index, key) to (x, kept); for a conditional network also (labels, scale). */
export function stepByIndex(parts: SamplingParts, stages: readonly SamplerStep[]): Step {
  const step = stageOf(parts);
  return (x, kept, number, key, ...classes) => {
    const levels = tf.gather(tf.tensor2d(stages.map(numbersOf)), number);
    const mixtures = tf.gather(tf.tensor3d(stages.map(mixturesOf)), number);
    const left = tf.sub(tf.scalar(stages.length - 1, 'int32'), number);
    const images = tf.range(0, (x as tf.Tensor4D).shape[0], 1, 'int32');
    return step(x, kept, levels, mixtures, key, left, images, ...classes);
  };
}

/** All stages of a sampler in one loop: (x, key) to x; for a conditional network also (labels, scale). */
export function sampleLoop(parts: SamplingParts, stages: readonly SamplerStep[]): Step {
  const step = stepByIndex(parts, stages);
  return (x, ...constants) => {
    const state = repeat(stages.length, tf.stack([x, tf.zerosLike(x)]), constants, (state, number, ...constants) => {
      const [x, kept] = tf.unstack(state) as [tf.Tensor, tf.Tensor];
      return tf.stack(step(x, kept, number, ...constants));
    });
    return tf.unstack(state).slice(0, 1);
  };
}

/** Runs the stages of any sampler with one program. */
export class Sampling {
  private readonly program: Program;

  constructor({ engine, ...parts }: SamplingParts & { readonly engine: Engine }) {
    this.program = engine.program('sample', stageOf(parts));
  }

  /** Initial state of a sampler. @param x owned by the state @param labels of the images, for a conditional network */
  begin(x: tf.Tensor4D, labels?: readonly number[]): SamplingState {
    return { x, history: tf.zerosLike(x), labels };
  }

  /**
   * Runs one stage.
   * @param state disposed
   * @param left number of stages after this one
   * @param view additional combination to compute at this stage
   * @returns the caller disposes; `seen` is the view
   */
  async step(
    state: SamplingState,
    stage: SamplerStep,
    left: number,
    noise: NoiseSpec,
    view?: LinearCombination,
  ): Promise<SamplingState & { seen?: tf.Tensor4D }> {
    const level = tf.tensor1d(numbersOf(stage));
    const mixtures = tf.tensor2d([...mixturesOf(stage), ...(view ? [factorsOf(view)] : [])]);
    const { labels } = state;
    const numbers = [
      tf.scalar(noise.random.key, 'int32'),
      tf.scalar(left, 'int32'),
      tf.tensor1d([...noise.images], 'int32'),
      ...(labels ? [tf.tensor1d([...labels], 'int32')] : []),
    ];
    const inputs = [state.x, state.history, level, mixtures, ...numbers];
    const [x, kept, seen] = (await this.program.run(...inputs)) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D?];
    tf.dispose(inputs);
    return { x, history: kept, labels, ...(seen && { seen }) };
  }
}

function numbersOf({ level: { t, alphaBar }, clip }: SamplerStep): number[] {
  return [t, Math.sqrt(alphaBar), Math.sqrt(1 - alphaBar), clip ? 1 : Infinity];
}

function mixturesOf({ x, history }: SamplerStep): number[][] {
  return [factorsOf(x), factorsOf(history)];
}

/** Parameters of a stage as tensors in an engine step. */
function tracedLevel(numbers: tf.Tensor1D): TracedLevel & { readonly bound: tf.Scalar } {
  const [t, signal, noise, bound] = tf.unstack(numbers) as [tf.Scalar, tf.Scalar, tf.Scalar, tf.Scalar];
  return { t, signal, noise, bound };
}

/**
 * Weighted sums of images. Not a matrix product, which reduced-precision formats would round.
 * @param mixtures float32 [sums, images]
 * @returns float32 [sums, ...the shape of an image]
 */
function combine(mixtures: tf.Tensor2D, images: readonly tf.Tensor4D[]): tf.Tensor {
  const [sums, count] = mixtures.shape;
  const flat = tf.reshape(tf.stack([...images]), [1, count, -1]);
  const summed = tf.sum(tf.mul(flat, tf.reshape(mixtures, [sums, count, 1])), 1);
  return tf.reshape(summed, [sums, ...(images[0]?.shape ?? [])]);
}

function factorsOf({ x = 0, x0 = 0, epsilon = 0, history = 0, noise = 0 }: LinearCombination = {}): number[] {
  return [x, x0, epsilon, history, noise];
}
