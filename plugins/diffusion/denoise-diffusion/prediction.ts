import type { Estimate, TracedLevel } from 'explab/diffusion';
import type { tf } from 'explab';

/** Prediction target of a network: ε, x_0, or v = √ᾱ ε - √(1 - ᾱ) x_0 (Salimans and Ho 2022, arXiv:2202.00512, section 4). */
export type Prediction = 'epsilon' | 'x0' | 'v';

/**
 * Tensor that a network is trained to predict.
 * @param alphaBar float32 [batch, 1, 1, 1]; borrowed
 * @returns borrowed, or owned by the caller's tidy
 */
export function targetOf(
  prediction: Prediction,
  x0: tf.Tensor4D,
  epsilon: tf.Tensor4D,
  alphaBar: tf.Tensor4D,
): tf.Tensor4D {
  if (prediction === 'epsilon') return epsilon;
  if (prediction === 'x0') return x0;
  // v = √ᾱ ε - √(1 - ᾱ) x_0
  return alphaBar.sqrt().mul(epsilon).sub(alphaBar.neg().add(1).sqrt().mul(x0));
}

/** Image and noise that a network's output implies by x_t = √ᾱ x_0 + √(1 - ᾱ) ε; within the caller's tidy. */
export function estimateFrom(
  prediction: Prediction,
  output: tf.Tensor4D,
  xt: tf.Tensor4D,
  { signal, noise }: TracedLevel,
): Estimate {
  switch (prediction) {
    case 'epsilon':
      // x_0 = (x_t - √(1 - ᾱ) ε) / √ᾱ
      return { x0: xt.sub(output.mul(noise)).div(signal), epsilon: output };
    case 'x0':
      // ε = (x_t - √ᾱ x_0) / √(1 - ᾱ)
      return { x0: output, epsilon: xt.sub(output.mul(signal)).div(noise) };
    case 'v':
      // x_0 = √ᾱ x_t - √(1 - ᾱ) v, ε = √(1 - ᾱ) x_t + √ᾱ v
      return { x0: xt.mul(signal).sub(output.mul(noise)), epsilon: xt.mul(noise).add(output.mul(signal)) };
  }
}

/**
 * Min-SNR loss weights, which limit the weight of a step's x_0 error to γ: Hang et al. 2023, arXiv:2303.09556, section 3.4. With
 * SNR = ᾱ/(1 - ᾱ) they are min(SNR, γ) for target x_0, that divided by SNR for ε, and by SNR + 1 for v.
 * @param alphaBar at each step
 */
export function minSNRWeights(alphaBar: Float64Array, prediction: Prediction, gamma: number): Float64Array {
  return alphaBar.map((each) => {
    const snr = each / (1 - each);
    if (prediction === 'epsilon') return Math.min(1, gamma / snr);
    return prediction === 'x0' ? Math.min(snr, gamma) : Math.min(snr, gamma) / (snr + 1);
  });
}
