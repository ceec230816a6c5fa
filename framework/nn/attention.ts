import type { Random } from '../random/random';
import * as tf from '../tensorflow/tf';
import { dropout } from './functional';

/** What a query may attend to. */
export interface AttentionOptions {
  /** Whether query i attends to keys 0 to i only. */
  readonly causal?: boolean;
  /** Keys to ignore: bool [batch, keys]; borrowed. */
  readonly keyPaddingMask?: tf.Tensor2D | undefined;
  /** Added to the scores before the softmax: float32, broadcast to [batch, heads, queries, keys]; borrowed. */
  readonly bias?: tf.Tensor | undefined;
  /** Fraction of the attention weights that are zeroed. */
  readonly dropout?: number;
  /** Source of dropout; undefined disables it, as in sampling. */
  readonly random?: Random | undefined;
}

/**
 * softmax(Q Kᵀ / √d + bias) V, without the keys that are masked: Vaswani et al. 2017, arXiv:1706.03762, eq. 1. PyTorch's
 * `functional.scaled_dot_product_attention`.
 * @param query float32 [batch, heads, queries, d]; borrowed
 * @param key float32 [batch, heads, keys, d]; borrowed
 * @param value float32 [batch, heads, keys, width]; borrowed
 * @returns float32 [batch, heads, queries, width]; the caller disposes. A query without any key is NaN, as in PyTorch.
 */
export function scaledDotProductAttention(
  query: tf.Tensor4D,
  key: tf.Tensor4D,
  value: tf.Tensor4D,
  options: AttentionOptions = {},
): tf.Tensor4D {
  return tf.tidy(() => {
    const scaled = tf.mul(query, 1 / Math.sqrt(query.shape[3]));
    const scores = masked(tf.matMul(scaled, key, false, true), options);
    return tf.matMul(dropout(tf.softmax(scores), options.dropout ?? 0, options.random), value);
  });
}

/** @param scores float32 [batch, heads, queries, keys] */
function masked(scores: tf.Tensor4D, { causal, keyPaddingMask, bias }: AttentionOptions): tf.Tensor4D {
  const [batch, , queries, keys] = scores.shape;
  let allowed: tf.Tensor4D = bias ? tf.add(scores, bias) : scores;
  if (causal) allowed = without(laterKeys(queries, keys), allowed);
  if (keyPaddingMask) allowed = without(tf.reshape(keyPaddingMask, [batch, 1, 1, keys]), allowed);
  return allowed;
}

/** Gives scores of excluded keys the weight 0. @param excluded bool, broadcast to the scores */
function without(excluded: tf.Tensor, scores: tf.Tensor4D): tf.Tensor4D {
  return tf.where(tf.broadcastTo(excluded, scores.shape), tf.fill(scores.shape, -Infinity), scores);
}

/** Whether a key comes after a query. @returns bool [queries, keys] */
function laterKeys(queries: number, keys: number): tf.Tensor2D {
  const positions = tf.reshape(tf.range(0, queries, 1, 'int32'), [queries, 1]);
  return tf.greater(tf.reshape(tf.range(0, keys, 1, 'int32'), [1, keys]), positions);
}
