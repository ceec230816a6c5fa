import * as tf from '../tf';
import { isRecording } from './tape';

/** A result with its gradient. */
interface Differentiated {
  readonly value: tf.Tensor;
  /** @param saved the operation's inputs, then the tensors that it saved @returns one gradient for each input */
  readonly gradient: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor[];
}

/** An operation with an explicit gradient, which takes less time or memory than differentiating each op. */
interface ExplicitGradient {
  /** Computes the value by any operations. @param save saves further tensors for the gradient */
  readonly compute: (inputs: tf.Tensor[], save: tf.GradSaveFunc) => Differentiated;
  /** The same value by ops of TensorFlow.js, for a gradient that is itself differentiated. @param saved as above */
  readonly formula: (inputs: tf.Tensor[], saved: tf.Tensor[]) => tf.Tensor;
}

/** Applies an operation that has an explicit gradient. @param inputs borrowed @returns the caller disposes */
export function withExplicitGradient(inputs: tf.Tensor[], { compute, formula }: ExplicitGradient): tf.Tensor {
  const operation = tf.customGrad((...all: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const save = all.pop() as tf.GradSaveFunc;
    const further: tf.Tensor[] = [];
    const { value, gradient } = compute(all as tf.Tensor[], (tensors) => void further.push(...tensors));
    save([...inputs, ...further]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) =>
      isRecording()
        ? tf.grads((...inputs) => formula(inputs, saved))(saved.slice(0, inputs.length), dy)
        : gradient(dy, saved);
    return { value, gradFunc };
  });
  return operation(...inputs);
}
