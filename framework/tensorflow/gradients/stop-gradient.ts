import * as tf from '../tf';
import { withoutRecording } from './tape';

/** The same value as a constant: gradients do not flow through it to what it was computed from. @param x borrowed */
export function stopGradient<T extends tf.Tensor>(x: T): T {
  return withoutRecording(() => tf.clone(x));
}
