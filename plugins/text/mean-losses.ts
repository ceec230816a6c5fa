import { crossEntropy, type Random, tf } from 'explab';
import type { LanguageModel } from './kinds/language-model';

/**
 * Cross-entropy of each next token, in nats.
 * @param tokens int32 [n, time + 1]; borrowed
 * @returns float32 [n], the mean over the tokens of each window; the caller disposes
 */
export function meanLosses(model: LanguageModel, tokens: tf.Tensor2D, random?: Random): tf.Tensor1D {
  return tf.tidy(() => {
    const [n, time] = [tokens.shape[0], tokens.shape[1] - 1];
    const logits = model.logits(tf.slice(tokens, [0, 0], [n, time]), random);
    const labels = tf.reshape<tf.Rank.R1>(tf.slice(tokens, [0, 1], [n, time]), [-1]);
    const losses = crossEntropy(tf.reshape(logits, [n * time, -1]), labels);
    return tf.mean(tf.reshape(losses, [n, time]), 1);
  });
}
