import type { CheckpointParts } from '../../checkpoint/checkpoint';
import {
  type SavedVariable,
  savedAverage,
  savedOptimizer,
  savedVariable,
  savedWeights,
} from '../../checkpoint/variables';
import type { Optimizer } from '../../kinds/optimizer';
import { type BufferMap, collectUpdates } from '../../nn/buffer';
import type { ExponentialAverage } from '../../nn/exponential-average';
import { DEFAULT_MODEL, averagePartOf } from '../../checkpoint/model-parts';
import { type Gradients, clipByGlobalNorm, globalNorm, gradientsOf } from '../../nn/gradients';
import type { Module } from '../../nn/module';
import type { Parameter } from '../../nn/parameter';
import { requireFinite } from '../../tensorflow/finite';
import { named, namedWithin } from '../../tensorflow/named';
import * as tf from '../../tensorflow/tf';
import type { InitialWeightsSettings } from '../weights/initial-weights-settings';
import type { LossScale } from './loss-scale';

/** Gradients by parameter. */
export type GradientMap = ReadonlyMap<Parameter, tf.Tensor>;

/** A loss with its gradients, and the new values of the buffers that it updates. */
export interface Differentiated extends Gradients {
  readonly buffers: BufferMap;
}

/** Options of a learner. */
export interface LearnerOptions {
  /** Prefix of its metrics and checkpoint parts, for an experiment with several learners. */
  readonly name?: string | undefined;
  /** Initialized. */
  readonly model: Module;
  readonly optimizer: Optimizer;
  /** Weights of another run to start with. */
  readonly initialWeights?: InitialWeightsSettings | undefined;
  /** Maximum global norm of the gradients; no clipping if undefined. */
  readonly maxNorm?: number | undefined;
  /** Loss scale for float16. */
  readonly lossScale?: LossScale | undefined;
  /** Moving average of the parameters, updated with them. */
  readonly average?: ExponentialAverage | undefined;
  /** Learning rate of an update; 0 by default. @param done number of previous updates @param total of the run; may be Infinity */
  readonly learningRate?: (done: number, total: number) => number;
  /** True if the learning rate is set to 0. */
  readonly isFrozen?: () => boolean;
}

/** What an update is computed from; borrowed. */
type Changes = Readonly<{ gradients: GradientMap; buffers: BufferMap }>;

/** Values of an update: int32 number of the step, from 1, and float32 learning rate; borrowed. */
interface UpdateInputs {
  readonly step: tf.Scalar;
  readonly learningRate: tf.Scalar;
}

/** A model with the optimizer that updates its parameters. */
export class Learner {
  /** Those that are not frozen. */
  private readonly parameters: readonly Parameter[];

  constructor(private readonly options: LearnerOptions) {
    const { model, optimizer } = options;
    this.parameters = optimizer.prepare([...model.parameters()].map(([, parameter]) => parameter));
  }

  get model(): Module {
    return this.options.model;
  }

  get lossScale(): LossScale | undefined {
    return this.options.lossScale;
  }

  get initialWeights(): InitialWeightsSettings | undefined {
    return this.options.initialWeights;
  }

  get average(): ExponentialAverage | undefined {
    return this.options.average;
  }

  /** True if the learning rate is set to 0, so that the parameters do not change. */
  get isFrozen(): boolean {
    return this.options.isFrozen?.() ?? false;
  }

  /** @param done number of previous updates @param total number of updates of the run; Infinity if unknown */
  learningRate(done: number, total: number): number {
    return this.options.learningRate?.(done, total) ?? 0;
  }

  /** Name of one of its metrics: `loss`, or `generator/loss`. */
  metric(name: string): string {
    const { name: prefix } = this.options;
    return prefix === undefined ? name : `${prefix}/${name}`;
  }

  /** Differentiates a loss, within a step, and collects its updates of the model's buffers. */
  differentiate(loss: () => tf.Scalar): Differentiated {
    return this.collect(() => this.differentiateScaled(loss));
  }

  private collect(differentiate: () => Gradients): Differentiated {
    const buffers = [...this.options.model.buffers()].map(([, buffer]) => buffer);
    const { result, updates } = collectUpdates(buffers, differentiate);
    return { ...result, buffers: updates };
  }

  /** A loss scale is used inside and divided out. */
  private differentiateScaled(loss: () => tf.Scalar): Gradients {
    const scale = this.lossScale?.value;
    if (!scale) return gradientsOf(loss, this.parameters);
    const { value, gradients } = gradientsOf(() => tf.mul(loss(), scale), this.parameters);
    const unscaled = new Map([...gradients].map(([parameter, gradient]) => [parameter, tf.div(gradient, scale)]));
    return { value: tf.div(value, scale), gradients: unscaled };
  }

  /** Differentiates a loss without a loss scale, to find what is not finite. */
  differentiateUnscaled(loss: () => tf.Scalar): Differentiated {
    return this.collect(() => gradientsOf(loss, this.parameters));
  }

  /** Global norm of gradients; it and the new values of buffers must be finite for the step to update anything. */
  normOf(gradients: GradientMap, buffers: BufferMap): tf.Scalar {
    const norm = named('clip', () => globalNorm(gradients));
    requireFinite(norm);
    for (const [buffer, value] of buffers) namedWithin(buffer.name, () => requireFinite(value));
    return norm;
  }

  /** Updates the parameters, their average and the buffers, within a step. @param norm global norm of the gradients; borrowed */
  update({ gradients, buffers }: Changes, norm: tf.Scalar, { step, learningRate }: UpdateInputs): void {
    const { optimizer, maxNorm, lossScale, average } = this.options;
    const number = tf.cast(step, 'float32');
    const clipped = maxNorm === undefined ? gradients : named('clip', () => clipByGlobalNorm(gradients, norm, maxNorm));
    named('optimizer', () => optimizer.update(clipped, { step: number, learningRate }));
    if (average) named('average', () => average.update(number));
    for (const [buffer, value] of buffers) buffer.state.assign(value);
    lossScale?.succeeded();
  }

  /** Variables saved in a checkpoint: parts `model`, `optimizer` and `ema`, or `generator`, `generator.optimizer`, `generator.ema`. */
  get parts(): CheckpointParts {
    const { name, model, optimizer, average, lossScale } = this.options;
    const prefix = name === undefined ? '' : `${name}.`;
    const scale = lossScale ? [savedVariable(lossScale.variable)] : [];
    return {
      [this.modelPart]: this.weights,
      [`${prefix}optimizer`]: [...savedOptimizer(optimizer.variables), ...scale],
      ...(average ? { [averagePartOf(this.modelPart)]: savedAverage(average, model) } : {}),
    };
  }

  /** Parameters and buffers, as saved. */
  get weights(): readonly SavedVariable[] {
    return savedWeights(this.options.model);
  }

  /** Name of the part with the parameters. */
  get modelPart(): string {
    return this.options.name ?? DEFAULT_MODEL;
  }

  /** Name of the part with the weights used for inference: the average, if there is one. */
  get inferencePart(): string {
    return this.average ? averagePartOf(this.modelPart) : this.modelPart;
  }

  /** Runs code with the averaged weights in the model, if there is an average. @param code must be synchronous */
  averaged<T>(code: () => T): T {
    return this.average ? this.average.withAverages(code) : code();
  }

  /** Frees the average's tensors. */
  dispose(): void {
    this.average?.dispose();
  }
}
