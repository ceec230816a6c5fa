import { createHash } from 'node:crypto';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { type Seeds, statelessBits, statelessNormal, statelessUniform } from '../tensorflow/stateless';
import * as tf from '../tensorflow/tf';

/** Some examples of a batch. */
export interface ShardRange {
  /** How many they are. */
  readonly examples: number;
  /** The place of their first in the batch. */
  readonly first: number;
}

/**
 * A named stream of randomness at one step. Every draw is a pure function of (seed, stream, step): there is no generator whose
 * state a checkpoint would have to keep, and nothing depends on the order of the draws.
 *
 * A stream at a step gives the same numbers each time it is asked: take another stream for another draw.
 *
 *     const epsilon = random.stream('noise').normal(x0.shape);
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
   * The stream that has a key, at a step: for a graph that is built once and told later which stream it draws from.
   * @param key int32; borrowed
   * @param step int32; borrowed
   */
  static fromKey(key: tf.Scalar, step: tf.Scalar): Random {
    return new Random('', step, key);
  }

  /** What the stream's draws depend on besides the step: 32 bits of its name. */
  get key(): number {
    return hash(this.name);
  }

  /** The stream of that name within this one. */
  stream(name: string): Random {
    if (this.keyTensor) throw new Error('a stream that is known by its key alone has no streams within it');
    return new Random(`${this.name}/${name}`, this.step, undefined, this.shard);
  }

  /** This stream at a step: a number, or an int32 scalar where the step is known only when a graph runs. */
  at(step: number | tf.Scalar): Random {
    return new Random(this.name, step, this.keyTensor, this.shard);
  }

  /**
   * A stream of this one's step alone, whose key is drawn: so that a graph, which knows this stream by its key, can go through steps of
   * steps. To be called within `tf.tidy`.
   */
  fork(): Random {
    return new Random('', 0, statelessBits([], this.seeds()), this.shard);
  }

  /**
   * This stream for some examples of a batch: what is drawn with as many examples along its first axis is what is drawn for them with the
   * whole batch, and so are `fractions`, as many for each example. Everything else is drawn as it is. Tensors while a step is traced only.
   */
  sharded(shard: ShardRange): Random {
    return new Random(this.name, this.step, this.keyTensor, shard);
  }

  /** The number of the first element that a draw of this shape takes from the stream; 0 unless it is for some examples only. */
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
   * Standard normal draws at each of several steps: what each draws does not depend on the others.
   * @param steps int32 [n]; borrowed
   * @param shape of what is drawn at a step
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

  /** The numbers 0 to count - 1 in an order of this stream's own (Fisher and Yates). The step must be a number. */
  permutation(count: number): Int32Array {
    const generator = this.generator();
    const order = Int32Array.from({ length: count }, (_, index) => index);
    for (let last = count - 1; last > 0; last--) {
      const other = uniformInt(generator, 0, last);
      [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
    }
    return order;
  }

  /** One draw from [0, 1), in JavaScript alone. The step must be a number. */
  fraction(): number {
    return uniformFloat64(this.generator());
  }

  /** So many draws from [0, 1), in JavaScript alone; the first of a whole batch is `fraction`. The step must be a number. */
  uniforms(count: number): Float64Array {
    const generator = this.generator();
    const { examples, first } = this.shard ?? { examples: count, first: 0 };
    const before = count % examples === 0 ? (count / examples) * first : 0;
    for (let passed = 0; passed < before; passed++) uniformFloat64(generator);
    return Float64Array.from({ length: count }, () => uniformFloat64(generator));
  }

  private generator() {
    if (typeof this.step !== 'number') throw new Error('this is drawn in JavaScript: its step must be a number');
    return xoroshiro128plus(hash(`${this.name}@${this.step}`));
  }

  /** What the draws of TensorFlow's stateless operations depend on. @returns int32 [2]; the caller disposes */
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

/** 32 bits of a name. Two of 300 streams share theirs once in a hundred thousand runs, and would then draw alike. */
function hash(name: string): number {
  return createHash('sha256').update(name).digest().readInt32LE(0);
}
