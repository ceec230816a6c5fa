import * as tf from '../tf';

/** Corrects the gradient of unstack, which TensorFlow.js cannot compute along an axis of length 1. */
export function registerUnstackGradient(): void {
  tf.registerGradient({
    kernelName: 'Unpack',
    gradFunc: (dys, _, attributes) => {
      const { axis } = attributes as unknown as { axis: number };
      return { value: () => tf.stack([dys].flat(), axis) };
    },
  });
}
