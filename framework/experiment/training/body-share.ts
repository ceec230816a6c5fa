import type { Random } from '../../random/random';
import * as tf from '../../tensorflow/tf';
import type { CompiledStepOptions, Minimize, StepScalars } from './step-body';
import { type TensorRecord, unflatten } from './tensor-record';

/** The body of a step on this worker's share of a batch or of a micro-batch, within a program. */
export class BodyShare<Inputs extends TensorRecord> {
  /** Inputs of the last run, whose structure the programs' inputs have. */
  structure: Inputs | undefined;

  constructor(private readonly options: CompiledStepOptions<Inputs>) {}

  /**
   * Runs the body.
   * @param minimize called for each of its losses
   * @param part index of the micro-batch; undefined for a whole batch
   * @returns what it reports, by this share alone
   */
  run(inputs: readonly tf.Tensor[], minimize: Minimize, step: tf.Scalar, part?: tf.Scalar): StepScalars {
    const random = this.randomFor(inputs, part ? this.streamIndex(step, part) : step);
    return this.options.body(unflatten(inputs, this.structure as Inputs), { random, minimize }) ?? {};
  }

  /** This worker's contribution to the mean over the whole batch. */
  contribution(mean: tf.Scalar): tf.Scalar {
    const { workers } = this.options;
    return workers ? tf.div<tf.Scalar>(mean, workers.count) : mean;
  }

  /** Means over the whole batch of what the body reports. */
  reduce(reported: StepScalars): tf.Tensor[] {
    const own = Object.values(reported).map((scalar) => this.contribution(scalar));
    return own.length > 0 ? (this.options.workers?.collective.allReduceSum(own) ?? own) : own;
  }

  /** Index in the random stream for a part of a batch. */
  private streamIndex(step: tf.Scalar, part: tf.Scalar): tf.Scalar {
    const { microBatches = 1 } = this.options;
    return microBatches === 1 ? step : tf.add(tf.mul(step, tf.scalar(microBatches, 'int32')), part);
  }

  /** Random stream for the examples of a step: a batch, a part of it, or this worker's share. */
  private randomFor([first]: readonly tf.Tensor[], index: tf.Scalar): Random {
    const { random, workers } = this.options;
    const at = random.at(index);
    return workers ? at.sharded(workers.shardOf(first?.shape[0] ?? 0)) : at;
  }
}
