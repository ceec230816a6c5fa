import { GroupNorm, Linear, Module, tf } from 'explab';

/** Every pixel looks at every other: one head of scaled dot-product attention (arXiv:1706.03762, eq. 1), added to its input. */
export class AttentionBlock extends Module {
  /** labml's block has this norm and never applies it; it is kept so that the parameters line up. */
  readonly norm: GroupNorm;
  private readonly projection: Linear;
  private readonly output: Linear;

  constructor(
    private readonly channels: number,
    groups: number,
  ) {
    super();
    this.norm = new GroupNorm(groups, channels);
    this.projection = new Linear(channels, 3 * channels);
    this.output = new Linear(channels, channels);
  }

  /** @param x float32 [batch, height, width, channels]; borrowed @returns the same shape; the caller disposes */
  forward(x: tf.Tensor4D): tf.Tensor4D {
    return tf.tidy(() => {
      const [batch, height, width, channels] = x.shape;
      const pixels = x.reshape<tf.Tensor2D>([batch * height * width, channels]);
      const qkv = this.projection.forward(pixels).reshape<tf.Tensor3D>([batch, height * width, 3 * channels]);
      const [q, k, v] = tf.split(qkv, 3, 2) as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
      // softmax(Q Kᵀ / √d_k) V
      const weights = tf.softmax(tf.matMul(q, k, false, true).mul(this.channels ** -0.5));
      const attended = tf.matMul(weights, v).reshape<tf.Tensor2D>([batch * height * width, channels]);
      return this.output.forward(attended).add(pixels).reshape(x.shape);
    });
  }
}
