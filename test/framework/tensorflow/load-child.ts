/** Loads TensorFlow as a command does, computes, and prints what it found as JSON. */
import * as tf from '@tensorflow/tfjs-core';
import { loadedTensorFlow, loadTensorFlow } from '../../../framework/tensorflow/load';

async function main(): Promise<void> {
  await Promise.all([loadTensorFlow(), loadTensorFlow()]);
  const product = tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])).dataSync();
  const { version } = loadedTensorFlow();
  console.log(JSON.stringify({ version, backend: tf.getBackend(), product: [...product] }));
  console.error('heard');
}

void main();
