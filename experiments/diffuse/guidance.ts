import type { NoisePredictor, Predictor } from 'explab/diffusion';
import { checkShape, type Random, tf } from 'explab';

/**
 * Replaces random labels by that of no class: c ← ∅ with probability p_uncond.
 * Ho and Salimans 2022, Classifier-free diffusion guidance, arXiv:2207.12598, algorithm 1.
 * @param labels int32 [batch]; borrowed
 * @param classes label of no class
 * @param rate p_uncond
 * @param random source of the choice
 * @returns int32 [batch]; the caller disposes
 */
export function dropLabels(labels: tf.Tensor1D, classes: number, rate: number, random: Random): tf.Tensor1D {
  return tf.tidy(() => {
    const isDropped = tf.less(random.uniform<tf.Rank.R1>(labels.shape), rate);
    return tf.where(isDropped, tf.fill(labels.shape, classes, 'int32'), labels);
  });
}

/**
 * Network conditioned on labels, with or without classifier-free guidance.
 * @param labels int32 [batch]; borrowed; undefined for the unconditional network
 * @param scale s; 1 is no guidance, with a single call of the network
 */
export function conditioned(model: NoisePredictor, labels?: tf.Tensor1D, scale: number | tf.Scalar = 1): Predictor {
  if (!labels || scale === 1) return { predict: (xt, t, random) => checkedPredict(model, xt, t, random, labels) };
  return { predict: (xt, t) => guided(model, xt, t, labels, scale) };
}

/** Calls a network. @throws UserError if its output differs in shape from xt */
function checkedPredict(model: NoisePredictor, ...[xt, ...rest]: Parameters<NoisePredictor['predict']>): tf.Tensor4D {
  return checkShape(model, 'predict', model.predict(xt, ...rest), xt.shape);
}

/**
 * Extrapolates from the unconditional to the conditional prediction by the scale: Ho and Salimans 2022, eq. 6; their w is s - 1.
 *
 * The factors add up to 1, so the result is the same for the prediction targets ε, x_0 and v, which determine each other given x_t.
 */
function guided(
  model: NoisePredictor,
  xt: tf.Tensor4D,
  t: tf.Tensor1D,
  labels: tf.Tensor1D,
  scale: number | tf.Scalar,
): tf.Tensor4D {
  return tf.tidy(() => {
    const none = tf.fill<tf.Rank.R1>(labels.shape, model.classes ?? 0, 'int32');
    const both = checkedPredict(model, tf.concat([xt, xt]), tf.concat([t, t]), undefined, tf.concat([labels, none]));
    const [conditional, unconditional] = tf.split<tf.Tensor4D>(both, 2) as [tf.Tensor4D, tf.Tensor4D];
    const w = tf.sub(scale, 1);
    // ε̃(z, c) = (1 + w) ε_θ(z, c) - w ε_θ(z)
    return tf.sub(tf.mul(tf.add(w, 1), conditional), tf.mul(w, unconditional));
  });
}
