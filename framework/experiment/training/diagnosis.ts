import { halfSquaredNorm } from '../../nn/gradients';
import * as tf from '../../tensorflow/tf';
import { Divergence, type NotFinite } from './divergence';
import type { Learner } from './learner';
import type { Minimize } from './step-body';

/** What a value of the diagnosis measures: a learner's loss, the gradient of one of its parameters, or one of its buffers. */
interface Diagnosed {
  readonly learner: Learner;
  readonly parameter?: string;
  readonly buffer?: string;
}

/** Finds which loss, gradient or buffer of a failed step is not finite. */
export class Diagnosis {
  private diagnosed: readonly Diagnosed[] = [];

  /** Losses, norms of the gradients and means of the buffers of a step, within a program. @param step runs its body with this `minimize` */
  measure(step: (minimize: Minimize) => void): tf.Tensor[] {
    const outputs: tf.Tensor[] = [];
    const diagnosed: Diagnosed[] = [];
    step((learner, loss) => {
      const { value, gradients, buffers } = learner.differentiateUnscaled(loss);
      outputs.push(value, ...[...gradients.values()].map(halfSquaredNorm));
      outputs.push(...[...buffers.values()].map((buffer) => tf.mean(buffer)));
      diagnosed.push({ learner }, ...[...gradients.keys()].map(({ name }) => ({ learner, parameter: name })));
      diagnosed.push(...[...buffers.keys()].map(({ name }) => ({ learner, buffer: name })));
      return value;
    });
    this.diagnosed = diagnosed;
    return outputs;
  }

  /**
   * The first learner with a loss, a gradient or a buffer that is not finite.
   * @param parts values of `measure` for each micro-batch
   * @param rates learning rates by learner
   */
  divergence(parts: readonly (readonly number[])[], step: number, rates: ReadonlyMap<Learner, number>): Divergence {
    const found = [...rates.keys()].map((learner) => ({ learner, notFinite: this.notFiniteOf(learner, parts) }));
    const isAffected = ({ loss, parameters, buffers }: NotFinite) =>
      !Number.isFinite(loss) || parameters.length > 0 || buffers !== undefined;
    const { learner, notFinite } = found.find((each) => isAffected(each.notFinite)) ?? found[0] ?? {};
    const learningRate = (learner && rates.get(learner)) ?? 0;
    return new Divergence({ step, learningRate }, notFinite ?? { loss: NaN, parameters: [] });
  }

  /** The first loss that is not finite, or the last one, and the names of the parameters and buffers. */
  private notFiniteOf(learner: Learner, parts: readonly (readonly number[])[]): NotFinite {
    const own = parts.flatMap((values) =>
      this.diagnosed.flatMap((what, index) =>
        what.learner === learner ? [{ ...what, value: values[index] ?? NaN }] : [],
      ),
    );
    const losses = own.flatMap(({ parameter, buffer, value }) =>
      parameter === undefined && buffer === undefined ? [value] : [],
    );
    const broken = own.filter(({ value }) => !Number.isFinite(value));
    const parameters = broken.flatMap(({ parameter }) => parameter ?? []);
    const buffers = broken.flatMap(({ buffer }) => buffer ?? []);
    const loss = losses.find((value) => !Number.isFinite(value)) ?? losses.at(-1) ?? NaN;
    return {
      loss,
      parameters: [...new Set(parameters)],
      ...(buffers.length > 0 && { buffers: [...new Set(buffers)] }),
    };
  }
}
