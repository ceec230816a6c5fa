import type { Parameter } from '../../nn/parameter';
import type * as tf from '../../tensorflow/tf';
import type { Minimize } from './step-body';

/** Gradients of a step, computed without an update. */
export class StepGradients {
  private parameters: readonly Parameter[] = [];

  /** Gradients of a step or a micro-batch, within a program. @param run runs the step's body with this `minimize` */
  compute(run: (minimize: Minimize) => void): tf.Tensor[] {
    const all = new Map<Parameter, tf.Tensor>();
    run((learner, loss) => {
      const { value, gradients } = learner.differentiate(loss);
      for (const [parameter, gradient] of gradients) all.set(parameter, gradient);
      return value;
    });
    this.parameters = [...all.keys()];
    return [...all.values()];
  }

  /** Means over the micro-batches. @param parts values of `compute` for each */
  mean(parts: readonly (readonly Float32Array[])[]): ReadonlyMap<Parameter, Float32Array> {
    return new Map(this.parameters.map((parameter, index) => [parameter, meanOf(parts.map((part) => part[index]))]));
  }
}

function meanOf([first = new Float32Array(), ...others]: readonly (Float32Array | undefined)[]): Float32Array {
  if (others.length === 0) return first;
  return first.map((value, index) => {
    const sum = others.reduce((sum, other) => sum + (other?.[index] ?? 0), value);
    return sum / (others.length + 1);
  });
}
