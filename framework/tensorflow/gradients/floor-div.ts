import * as tf from '../tf';

/** Registers the gradient of floorDiv, a step function: 0, where TensorFlow.js has that of div. */
export function registerFloorDivGradient(): void {
  tf.registerGradient({
    kernelName: 'FloorDiv',
    inputsToSave: ['a', 'b'],
    gradFunc: (_, saved) => {
      const [a, b] = saved as [tf.Tensor, tf.Tensor];
      return { a: () => tf.zerosLike(a), b: () => tf.zerosLike(b) };
    },
  });
}
