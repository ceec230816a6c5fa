import * as tf from '../tf';

/** Ops of two inputs whose gradients TensorFlow.js returns in the shape of the result. */
const KERNELS = ['Maximum', 'Minimum', 'SquaredDifference', 'BatchMatMul'];

/** Sums the gradients of ops over the axes along which an input was broadcast. */
export function registerBroadcastGradients(): void {
  for (const kernelName of KERNELS) {
    const config = tf.getGradient(kernelName);
    const gradFunc: tf.GradFunc = (dy, saved, attributes) => {
      const gradients = config.gradFunc(dy, saved, attributes);
      const [a, b] = saved as [tf.Tensor, tf.Tensor];
      return { a: () => sumTo(a.shape, gradients['a']?.()), b: () => sumTo(b.shape, gradients['b']?.()) };
    };
    tf.registerGradient({ ...config, gradFunc });
  }
}

function sumTo(shape: number[], gradient: tf.Tensor | undefined): tf.Tensor {
  if (!gradient) throw new Error('an input has no gradient');
  const axes = tf.broadcast_util.getReductionAxes(shape, gradient.shape);
  return axes.length === 0 ? gradient : tf.reshape(tf.sum(gradient, axes), shape);
}
