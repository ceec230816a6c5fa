import { createHash } from 'node:crypto';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { type Seeds, statelessBits, statelessNormal, statelessUniform } from '../tensorflow/stateless';
import * as tf from '../tensorflow/tf';

/** Range of examples of a batch. */
export interface ShardRange {
  /** Number of examples. */
  readonly examples: number;
  /** Index of the first one in the batch. */
  readonly first: number;
}

/**
 * Named random stream at one step. Every draw is a pure function of (seed, stream, step): there is no generator state to save in a
 * checkpoint, and the order of draws does not matter.
 *
 * A stream at a step always gives the same numbers: use another stream for another draw.
 *
 *     const epsilon = random.stream('epsilon').normal(x.shape);
 */
export class Random {
  private constructor(
    private readonly name: string,
    private readonly step: number | tf.Scalar,
    private readonly keyTensor?: tf.Scalar,
    private readonly shard?: ShardRange,
  ) {}

  static fromSeed(seed: number): Random {
    return new Random(String(seed), 0);
  }

  /**
   * Stream with a key, at a step: for a graph that is built once and receives its stream as an input.
   * @param key int32; borrowed
   * @param step int32; borrowed
   */
  static fromKey(key: tf.Scalar, step: tf.Scalar): Random {
    return new Random('', step, key);
  }

  /** Key of the stream: a 32-bit hash of its name. */
  get key(): number {
    return hash(this.name);
  }

  /** Sub-stream of that name. */
  stream(name: string): Random {
    if (this.keyTensor) throw new Error('a stream created from a key has no sub-streams');
    return new Random(`${this.name}/${name}`, this.step, undefined, this.shard);
  }

  /** This stream at a step: a number, or an int32 scalar if the step is only known when a graph runs. */
  at(step: number | tf.Scalar): Random {
    return new Random(this.name, step, this.keyTensor, this.shard);
  }

  /**
   * New stream with a key drawn from this one at its step, like `jax.random.split`, so that a graph can nest steps in steps. Call it within
   * `tf.tidy`.
   */
  fork(): Random {
    return new Random('', 0, statelessBits([], this.seeds()), this.shard);
  }

  /**
   * This stream for a range of a batch: draws whose first axis has that many examples equal those of the whole batch for these examples,
   * and so do `uniforms` with equally many per example. Other draws are unchanged. Tensors only while a step is traced.
   */
  sharded(shard: ShardRange): Random {
    return new Random(this.name, this.step, this.keyTensor, shard);
  }

  /** Offset in the stream of the first element of a draw of this shape; 0 unless sharded. */
  counterOffset(shape: readonly number[]): number {
    const { examples, first } = this.shard ?? { examples: 0, first: 0 };
    const [count, ...sides] = shape;
    return count === examples ? sides.reduce((product, side) => product * side, first) : 0;
  }

  /** Standard normal draws. @returns float32; the caller disposes */
  normal<R extends tf.Rank>(shape: tf.ShapeMap[R]): tf.Tensor<R> {
    return tf.tidy(() => statelessNormal(shape, this.seeds(), this.counterOffset(shape)));
  }

  /**
   * Standard normal draws at each of several steps, independent of each other.
   * @param steps int32 [n]; borrowed
   * @param shape of the draw at one step
   * @returns float32 [n, ...shape]; the caller disposes
   */
  normalAtEach<R extends tf.Rank>(steps: tf.Tensor1D, shape: readonly number[]): tf.Tensor<R> {
    return tf.tidy(() => {
      const draws = tf.unstack(steps).map((step) => this.at(step as tf.Scalar).normal(shape as number[]));
      return tf.stack(draws) as tf.Tensor<R>;
    });
  }

  /** Draws from [min, max). @returns float32; the caller disposes */
  uniform<R extends tf.Rank>(shape: tf.ShapeMap[R], min = 0, max = 1): tf.Tensor<R> {
    return tf.tidy(() =>
      tf.add(tf.mul(statelessUniform(shape, this.seeds(), this.counterOffset(shape)), max - min), min),
    );
  }

  /** Whole numbers from [0, max). @returns int32; the caller disposes */
  integers<R extends tf.Rank>(shape: tf.ShapeMap[R], max: number): tf.Tensor<R> {
    return tf.tidy(() => {
      const draws = tf.floor(tf.mul(statelessUniform(shape, this.seeds(), this.counterOffset(shape)), max));
      // A float32 draw below 1, times max, can round up to max itself.
      return tf.cast(tf.minimum(draws, max - 1), 'int32');
    });
  }

  /** Random permutation of 0 to count - 1 (Fisher and Yates). The step must be a number. */
  permutation(count: number): Int32Array {
    const generator = this.generator();
    const order = Int32Array.from({ length: count }, (_, index) => index);
    for (let last = count - 1; last > 0; last--) {
      const other = uniformInt(generator, 0, last);
      [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
    }
    return order;
  }

  /** One draw from [0, 1), in JavaScript. The step must be a number. */
  fraction(): number {
    return uniformFloat64(this.generator());
  }

  /** `count` draws from [0, 1), in JavaScript; without a shard, the first equals `fraction`. The step must be a number. */
  uniforms(count: number): Float64Array {
    const generator = this.generator();
    const { examples, first } = this.shard ?? { examples: count, first: 0 };
    const before = count % examples === 0 ? (count / examples) * first : 0;
    for (let skipped = 0; skipped < before; skipped++) uniformFloat64(generator);
    return Float64Array.from({ length: count }, () => uniformFloat64(generator));
  }

  private generator() {
    if (typeof this.step !== 'number') throw new Error('draws in JavaScript need a number as step');
    return xoroshiro128plus(hash(`${this.name}@${this.step}`));
  }

  /** Seeds of TensorFlow's stateless operations. @returns int32 [2]; the caller disposes */
  seeds(): Seeds {
    const { keyTensor, step } = this;
    if (!keyTensor && typeof step === 'number') return tf.tensor1d([this.key, step], 'int32');
    return tf.tidy(() => {
      const pair = [keyTensor ?? this.key, step].map((part) =>
        typeof part === 'number' ? tf.scalar(part, 'int32') : part,
      );
      return tf.stack(pair) as Seeds;
    });
  }
}

/** 32-bit hash of a name. With 300 streams, a collision (equal draws) occurs about once in a hundred thousand runs. */
function hash(name: string): number {
  return createHash('sha256').update(name).digest().readInt32LE(0);
}
