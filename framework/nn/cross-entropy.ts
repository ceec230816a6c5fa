import * as tf from '../tensorflow/tf';

/**
 * The cross-entropy of each example: -log softmax(logits) at its label.
 * @param logits float32 [batch, classes]; borrowed
 * @param labels int32 [batch], each in [0, classes); borrowed
 * @returns float32 [batch]; the caller disposes
 */
export function crossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor1D {
  return tf.tidy(() => {
    const chosen = tf.oneHot(labels, logits.shape[1]);
    return tf.neg(tf.sum<tf.Tensor1D>(tf.mul(tf.logSoftmax(logits), chosen), 1));
  });
}
