import { type Random, tf } from 'explab';

/** How the next token is chosen. */
export interface TokenChoice {
  /** Divisor of the logits: below 1, likely tokens become likelier; 0 always takes the likeliest. */
  readonly temperature: number;
  /** Number of likeliest tokens to choose among; all if undefined. */
  readonly topK: number | undefined;
}

/**
 * Draws tokens from softmax(logits / temperature), by the Gumbel-max trick: Maddison et al. 2014, arXiv:1411.0030, section 2.
 * @param logits float32 [n, number of tokens]
 * @param streams random stream of each row
 * @returns int32 [n]
 */
export function drawToken(logits: tf.Tensor2D, streams: readonly Random[], choice: TokenChoice): tf.Tensor1D {
  const { temperature, topK = Infinity } = choice;
  const [, count] = logits.shape;
  const allowed = topK < count ? likeliest(logits, topK) : logits;
  if (temperature === 0) return tf.cast(tf.argMax<tf.Tensor1D>(allowed, 1), 'int32');
  // A draw of 0 would be log 0.
  const uniform = tf.concat(streams.map((random) => random.uniform<tf.Rank.R2>([1, count], 1e-9, 1)));
  const gumbel = tf.neg(tf.log(tf.neg(tf.log(uniform))));
  return tf.cast(tf.argMax<tf.Tensor1D>(tf.add(tf.div(allowed, temperature), gumbel), 1), 'int32');
}

/** The k largest logits of each row; the others are -∞. */
function likeliest(logits: tf.Tensor2D, k: number): tf.Tensor2D {
  const least = tf.min(tf.topk(logits, k).values, 1, true);
  return tf.where(tf.less(logits, least), tf.fill(logits.shape, -Infinity), logits);
}
