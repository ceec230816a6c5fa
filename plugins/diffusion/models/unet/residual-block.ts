import { Conv2d, GroupNorm, Linear, Module, type Random, dropout, swish, tf } from 'explab';

/** Options shared by all residual blocks of a network. */
export interface ResidualOptions {
  /** Number of channels of the time embedding. */
  readonly timeChannels: number;
  /** Number of groups of each group normalization. */
  readonly groups: number;
  /** Whether the time embedding scales and shifts the normalized activations, instead of being added before. */
  readonly scaleShift: boolean;
  /** Dropout rate during training. */
  readonly dropout: number;
}

/** Two convolutions with the time embedding injected between them, and a shortcut around both. */
export class ResidualBlock extends Module {
  private readonly norm1: GroupNorm;
  private readonly conv1: Conv2d;
  private readonly norm2: GroupNorm;
  private readonly conv2: Conv2d;
  private readonly shortcut: Conv2d | undefined;
  private readonly timeEmb: Linear;
  private readonly scaleShift: boolean;
  private readonly dropoutRate: number;

  constructor(inputs: number, outputs: number, options: ResidualOptions) {
    super();
    const { timeChannels, groups, scaleShift, dropout: rate } = options;
    this.norm1 = new GroupNorm(groups, inputs);
    this.conv1 = new Conv2d(inputs, outputs, 3, { padding: 1 });
    this.norm2 = new GroupNorm(groups, outputs);
    this.conv2 = new Conv2d(outputs, outputs, 3, { padding: 1 });
    this.shortcut = inputs === outputs ? undefined : new Conv2d(inputs, outputs, 1);
    this.timeEmb = new Linear(timeChannels, scaleShift ? 2 * outputs : outputs);
    this.scaleShift = scaleShift;
    this.dropoutRate = rate;
  }

  /**
   * @param x float32 [batch, height, width, inputs]; borrowed
   * @param time float32 [batch, timeChannels]; borrowed
   * @returns float32 [batch, height, width, outputs]; the caller disposes
   */
  forward(x: tf.Tensor4D, time: tf.Tensor2D, random?: Random): tf.Tensor4D {
    return tf.tidy(() => {
      const convolved = this.conv1.forward(this.norm1.forwardSwish(x));
      const embedding = this.timeEmb.forward(swish(time)).expandDims(1).expandDims<tf.Tensor4D>(1);
      const activated = this.scaleShift
        ? this.scaleShiftNorm(convolved, embedding)
        : this.norm2.forwardSwish(convolved.add(embedding));
      const h = this.conv2.forward(dropout(activated, this.dropoutRate, random));
      return h.add(this.shortcut ? this.shortcut.forward(x) : x);
    });
  }

  /**
   * swish(GroupNorm(h) (1 + w) + b), w and b from the time: Nichol and Dhariwal 2021, arXiv:2102.09672, appendix A.
   * @param embedding float32 [batch, 1, 1, 2 outputs]: w, then b
   */
  private scaleShiftNorm(h: tf.Tensor4D, embedding: tf.Tensor4D): tf.Tensor4D {
    const [w, b] = tf.split(embedding, 2, 3) as [tf.Tensor4D, tf.Tensor4D];
    return swish(this.norm2.forward(h).mul<tf.Tensor4D>(w.add(1)).add(b));
  }
}
