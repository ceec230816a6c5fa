import { type NoisePredictor, type Predictor, type Random, checkShape, tf } from 'explab';

/**
 * Labels of which some are that of no class: c ← ∅ with probability p_uncond.
 * Ho and Salimans 2022, Classifier-free diffusion guidance, arXiv:2207.12598, algorithm 1.
 * @param labels int32 [batch]; borrowed
 * @param classes the label of no class
 * @param random where the choice is drawn
 * @returns int32 [batch]; the caller disposes
 */
export function dropLabels(labels: tf.Tensor1D, classes: number, share: number, random: Random): tf.Tensor1D {
  return tf.tidy(() => {
    const isDropped = tf.less(random.uniform<tf.Rank.R1>(labels.shape), share);
    return tf.where(isDropped, tf.fill(labels.shape, classes, 'int32'), labels);
  });
}

/**
 * A network as it is asked about images of classes, with classifier-free guidance or without.
 * @param labels int32 [batch]; borrowed; without them, the network as it is
 * @param scale s: with 1 there is no guidance, and the network is called once
 */
export function conditioned(model: NoisePredictor, labels?: tf.Tensor1D, scale: number | tf.Scalar = 1): Predictor {
  if (!labels || scale === 1) return { predict: (xt, t, random) => predicted(model, xt, t, random, labels) };
  return { predict: (xt, t) => guided(model, xt, t, labels, scale) };
}

/** The answer of a network. @throws UserError where it has another shape than xt */
function predicted(model: NoisePredictor, ...[xt, ...about]: Parameters<NoisePredictor['predict']>): tf.Tensor4D {
  return checkShape(model, 'predict', model.predict(xt, ...about), xt.shape);
}

/**
 * From the network's answer about no class to that about the class, and on by the scale: Ho and Salimans 2022, eq. 6; their w is s - 1.
 *
 * The factors add up to 1, so that it is the same whether the network tells ε, x_0 or v, which follow from each other by x_t.
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
    const both = predicted(model, tf.concat([xt, xt]), tf.concat([t, t]), undefined, tf.concat([labels, none]));
    const [ofClass, ofNone] = tf.split<tf.Tensor4D>(both, 2) as [tf.Tensor4D, tf.Tensor4D];
    const w = tf.sub(scale, 1);
    // ε̃(z, c) = (1 + w) ε_θ(z, c) - w ε_θ(z)
    return tf.sub(tf.mul(tf.add(w, 1), ofClass), tf.mul(w, ofNone));
  });
}
