import * as tf from '../tf';

/** Registers the gradient of ELU's gradient, which TensorFlow.js lacks: dx = dy where y > 0, else dy (y + 1). */
export function registerEluGradient(): void {
  tf.registerGradient({
    kernelName: 'EluGrad',
    inputsToSave: ['dy', 'y'],
    gradFunc: (ddx, saved) => {
      const [dy, y] = saved as [tf.Tensor, tf.Tensor];
      const isLinear = tf.greater(y, 0);
      return {
        dy: () => tf.mul(ddx as tf.Tensor, tf.where(isLinear, tf.onesLike(y), tf.add(y, 1))),
        y: () => tf.mul(ddx as tf.Tensor, tf.where(isLinear, tf.zerosLike(dy), dy)),
      };
    },
  });
}
