import { Linear, Module, swish, tf } from 'explab';

/** Time embedding: sines and cosines of t, then two linear layers. */
export class TimeEmbedding extends Module {
  private readonly lin1: Linear;
  private readonly lin2: Linear;

  /** @param channels of the embedding; an eighth of them are sines, an eighth cosines */
  constructor(private readonly channels: number) {
    super();
    this.lin1 = new Linear(channels / 4, channels);
    this.lin2 = new Linear(channels, channels);
  }

  /** @param t int32 or float32 [batch]; borrowed @returns float32 [batch, channels]; the caller disposes */
  forward(t: tf.Tensor1D): tf.Tensor2D {
    return tf.tidy(() => this.lin2.forward(swish(this.lin1.forward(sinusoids(t, this.channels / 8)))));
  }
}

/**
 * Vaswani et al. 2017, arXiv:1706.03762, section 3.5, in labml's form: with d sines and d cosines,
 * PE_i(t) = sin(t / 10000^(i / (d - 1))), PE_{d+i}(t) = cos of the same, for i = 0 ... d - 1.
 * @returns float32 [batch, 2 d]; the caller disposes
 */
export function sinusoids(t: tf.Tensor1D, d: number): tf.Tensor2D {
  return tf.tidy(() => {
    const frequencies = Float32Array.from({ length: d }, (_, i) =>
      Math.exp((-Math.log(10_000) * i) / Math.max(1, d - 1)),
    );
    const angles = t
      .cast('float32')
      .expandDims<tf.Tensor2D>(1)
      .mul<tf.Tensor2D>(tf.tensor2d(frequencies, [1, d]));
    return tf.concat([angles.sin(), angles.cos()], 1);
  });
}
