import { loadTensorFlow, loadedTensorFlow } from '../../framework/tensorflow/load';
import * as tf from '../../framework/tensorflow/tf';

/** Long enough to install TensorFlow, which the first test of a fresh checkout does. */
const INSTALLATION_MILLISECONDS = 20 * 60_000;

/** Loads TensorFlow before the tests of the `describe` that it is called in. */
export function withTensorFlow(): void {
  before(async function () {
    this.timeout(INSTALLATION_MILLISECONDS);
    await loadTensorFlow();
  });
}

/** Skips a test about one kind of device where TensorFlow computes on the other. */
export function requireDevice(device: 'cpu' | 'gpu', test: Mocha.Context): void {
  if (loadedTensorFlow().gpu !== (device === 'gpu')) test.skip();
}

/** How many more tensors are alive after an action than before it. */
export async function tensorsKept(action: () => unknown): Promise<number> {
  const { numTensors } = tf.memory();
  await action();
  return tf.memory().numTensors - numTensors;
}
