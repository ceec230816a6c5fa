import { GroupNorm, Linear, Module, tf } from 'explab';

/** Options shared by all attention blocks of a network. */
export interface AttentionOptions {
  /** Number of groups of each group normalization. */
  readonly groups: number;
  /** Number of heads. */
  readonly heads: number;
  /** Number of channels per head; by default the block's channels are divided among the heads. */
  readonly headSize: number | undefined;
}

/**
 * Self-attention over pixels: multi-head scaled dot-product attention (Vaswani et al. 2017, arXiv:1706.03762, section 3.2) with a
 * residual connection.
 */
export class AttentionBlock extends Module {
  /** labml's block has this norm and never applies it; it is kept so that the parameters line up. */
  readonly norm: GroupNorm;
  private readonly projection: Linear;
  private readonly output: Linear;
  private readonly heads: number;
  private readonly headSize: number;

  constructor(channels: number, { groups, heads, headSize = channels / heads }: AttentionOptions) {
    super();
    this.norm = new GroupNorm(groups, channels);
    this.projection = new Linear(channels, 3 * heads * headSize);
    this.output = new Linear(heads * headSize, channels);
    [this.heads, this.headSize] = [heads, headSize];
  }

  /** @param x float32 [batch, height, width, channels]; borrowed @returns the same shape; the caller disposes */
  forward(x: tf.Tensor4D): tf.Tensor4D {
    return tf.tidy(() => {
      const [batch, height, width, channels] = x.shape;
      const pixels = x.reshape<tf.Tensor2D>([batch * height * width, channels]);
      const [q, k, v] = this.split(this.projection.forward(pixels), batch) as [tf.Tensor, tf.Tensor, tf.Tensor];
      // softmax(Q Kᵀ / √d_k) V
      const weights = tf.softmax(tf.matMul(q, k, false, true).mul(this.headSize ** -0.5));
      const attended = this.join(tf.matMul(weights, v));
      return this.output.forward(attended).add(pixels).reshape(x.shape);
    });
  }

  /**
   * Queries, keys and values. In labml's layout, the three of a head are adjacent.
   * @returns float32 [batch, pixels, headSize] each, or [batch, heads, pixels, headSize] if there are several heads
   */
  private split(projected: tf.Tensor2D, batch: number): tf.Tensor[] {
    const { heads, headSize } = this;
    if (heads === 1) return tf.split(projected.reshape([batch, -1, 3 * headSize]), 3, 2);
    const qkv = projected.reshape([batch, -1, heads, 3 * headSize]);
    return tf.split(tf.transpose(qkv, [0, 2, 1, 3]), 3, 3);
  }

  /** @returns float32 [batch · pixels, heads · headSize] */
  private join(attended: tf.Tensor): tf.Tensor2D {
    const { heads, headSize } = this;
    const concatenated = heads === 1 ? attended : tf.transpose(attended, [0, 2, 1, 3]);
    return tf.reshape(concatenated, [-1, heads * headSize]);
  }
}
