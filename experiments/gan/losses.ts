import { type Random, tf } from 'explab';

/** Loss of both networks. */
export type Loss = 'wasserstein' | 'non-saturating';

/**
 * Loss of the discriminator for its scores D: mean(D(fake)) - mean(D(real)), or mean(softplus(-D(real))) + mean(softplus(D(fake))).
 * @param real scores of images of the dataset, float32 [n] @param fake scores of generated images
 */
export function discriminatorLoss(loss: Loss, real: tf.Tensor1D, fake: tf.Tensor1D): tf.Scalar {
  return loss === 'wasserstein'
    ? tf.sub(tf.mean(fake), tf.mean(real))
    : tf.add(tf.mean(tf.softplus(tf.neg(real))), tf.mean(tf.softplus(fake)));
}

/** Loss of the generator: -mean(D(fake)), or mean(softplus(-D(fake))). */
export function generatorLoss(loss: Loss, fake: tf.Tensor1D): tf.Scalar {
  return loss === 'wasserstein' ? tf.neg(tf.mean(fake)) : tf.mean(tf.softplus(tf.neg(fake)));
}

/** (‖∇D(x̂)‖₂ - 1)², x̂ uniform on the lines between pairs of real and generated images: Gulrajani et al. 2017, equation 3. */
export function gradientPenalty(
  score: (images: tf.Tensor4D) => tf.Tensor1D,
  real: tf.Tensor4D,
  fake: tf.Tensor4D,
  random: Random,
): tf.Scalar {
  const epsilon = random.stream('epsilon').uniform([real.shape[0], 1, 1, 1]);
  const between = tf.add(tf.mul(real, epsilon), tf.mul(fake, tf.sub(1, epsilon)));
  const gradient = tf.grad((x) => tf.sum(score(x as tf.Tensor4D)))(between);
  const norm = tf.sqrt(tf.add(tf.sum(tf.square(gradient), [1, 2, 3]), 1e-12));
  return tf.mean(tf.square(tf.sub(norm, 1)));
}
