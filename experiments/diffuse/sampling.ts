import {
  type Diffusion,
  type Engine,
  type LinearCombination,
  type NoisePredictor,
  type Program,
  Random,
  type SamplerStep,
  type Step,
  type TracedLevel,
  checkShape,
  repeat,
  tf,
} from 'explab';
import { clipped } from './clipped';
import { conditioned } from './guidance';

/** What goes from one stage to the next: float32 [batch, height, width, channels] each. */
export interface SamplingState {
  readonly x: tf.Tensor4D;
  /** What the stage before kept. */
  readonly history: tf.Tensor4D;
  /** The class of each image, where the network is told it. */
  readonly labels?: readonly number[] | undefined;
}

/** The noise of a way: what each image is given follows from its number, whatever others are drawn with it. */
export interface NoiseSpec {
  /** The stream that all stages draw from. */
  readonly random: Random;
  /** A number for each image; those of one number are given the same noise. */
  readonly images: readonly number[];
}

/** What is sampled with. */
interface Parts {
  readonly model: NoisePredictor;
  readonly diffusion: Diffusion;
  /** Runs code in which the model has the weights that it is to draw with; its own where left out. */
  readonly around?: <T>(code: () => T) => T;
  /** s of classifier-free guidance, where the network is told classes; 1 is none. */
  readonly guidance?: number;
}

/**
 * A stage for any sampler: whatever tells stages apart goes in as numbers; then labels where there are some, and the scale of guidance.
 */
function stageOf({ model, diffusion, around = (code) => code(), guidance }: Parts): Step {
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
    // The stream is an input, so that drawing for another step of training needs no other program.
    const stream = Random.fromKey(key as tf.Scalar, left as tf.Scalar).fork();
    const noise = stream.normalAtEach<tf.Rank.R4>(images as tf.Tensor1D, x0.shape.slice(1));
    return tf.unstack(mixed(mixtures as tf.Tensor2D, [x, x0, epsilon, kept, noise] as tf.Tensor4D[]));
  };
}

/** A stage of a sampler by its number, from 0: (x, kept, number, key) to (x, kept); a network that is told classes: also (labels, scale). */
export function stepByIndex(parts: Parts, stages: readonly SamplerStep[]): Step {
  const step = stageOf(parts);
  return (x, kept, number, key, ...classes) => {
    const levels = tf.gather(tf.tensor2d(stages.map(numbersOf)), number);
    const mixtures = tf.gather(tf.tensor3d(stages.map(mixturesOf)), number);
    const left = tf.sub(tf.scalar(stages.length - 1, 'int32'), number);
    const images = tf.range(0, (x as tf.Tensor4D).shape[0], 1, 'int32');
    return step(x, kept, levels, mixtures, key, left, images, ...classes);
  };
}

/** All stages of a sampler in one loop: (x, key) to x; a network that is told classes: also (labels, scale). */
export function sampleLoop(parts: Parts, stages: readonly SamplerStep[]): Step {
  const step = stepByIndex(parts, stages);
  return (x, ...constants) => {
    const state = repeat(stages.length, tf.stack([x, tf.zerosLike(x)]), constants, (state, number, ...constants) => {
      const [x, kept] = tf.unstack(state) as [tf.Tensor, tf.Tensor];
      return tf.stack(step(x, kept, number, ...constants));
    });
    return tf.unstack(state).slice(0, 1);
  };
}

/** Takes samplers' stages: one program for all of them. */
export class Sampling {
  private readonly program: Program;

  constructor({ engine, ...parts }: Parts & { readonly engine: Engine }) {
    this.program = engine.program('sample', stageOf(parts));
  }

  /** Where every sampler begins. @param x given up @param labels of the images, where the network is told them */
  begin(x: tf.Tensor4D, labels?: readonly number[]): SamplingState {
    return { x, history: tf.zerosLike(x), labels };
  }

  /**
   * Takes one stage.
   * @param state given up
   * @param left how many stages come after it
   * @param view what else is to be made of what is known at the stage
   * @returns the caller disposes; `seen` is of the view
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

function mixturesOf({ x, history: kept }: SamplerStep): number[][] {
  return [factorsOf(x), factorsOf(kept)];
}

/** The numbers of a stage, as a step of the engine has them. */
function tracedLevel(numbers: tf.Tensor1D): TracedLevel & { readonly bound: tf.Scalar } {
  const [t, signal, noise, bound] = tf.unstack(numbers) as [tf.Scalar, tf.Scalar, tf.Scalar, tf.Scalar];
  return { t, signal, noise, bound };
}

/**
 * Sums of images, each with its factor. Not by a product of matrices, which other number formats would round.
 * @param mixtures float32 [sums, images]
 * @returns float32 [sums, ...the shape of an image]
 */
function mixed(mixtures: tf.Tensor2D, images: readonly tf.Tensor4D[]): tf.Tensor {
  const [sums, count] = mixtures.shape;
  const flat = tf.reshape(tf.stack([...images]), [1, count, -1]);
  const summed = tf.sum(tf.mul(flat, tf.reshape(mixtures, [sums, count, 1])), 1);
  return tf.reshape(summed, [sums, ...(images[0]?.shape ?? [])]);
}

function factorsOf({ x = 0, x0 = 0, epsilon = 0, history: kept = 0, noise = 0 }: LinearCombination = {}): number[] {
  return [x, x0, epsilon, kept, noise];
}
