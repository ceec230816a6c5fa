import { Conv2d, GroupNorm, Linear, Module, type Random, dropout, swish, tf } from 'explab';

/** What every block of a network has in common. */
export interface BlockOptions {
  /** Channels of the time embedding. */
  readonly timeChannels: number;
  /** Groups of each group normalization. */
  readonly groups: number;
  /** The share of activations that is dropped while training. */
  readonly dropout: number;
}

/** Two convolutions, the time embedding added between them, and a shortcut around both. */
export class ResidualBlock extends Module {
  private readonly norm1: GroupNorm;
  private readonly conv1: Conv2d;
  private readonly norm2: GroupNorm;
  private readonly conv2: Conv2d;
  private readonly shortcut: Conv2d | undefined;
  private readonly timeEmb: Linear;
  private readonly dropoutRate: number;

  constructor(inputs: number, outputs: number, { timeChannels, groups, dropout: rate }: BlockOptions) {
    super();
    this.norm1 = new GroupNorm(groups, inputs);
    this.conv1 = new Conv2d(inputs, outputs, 3, { padding: 1 });
    this.norm2 = new GroupNorm(groups, outputs);
    this.conv2 = new Conv2d(outputs, outputs, 3, { padding: 1 });
    this.shortcut = inputs === outputs ? undefined : new Conv2d(inputs, outputs, 1);
    this.timeEmb = new Linear(timeChannels, outputs);
    this.dropoutRate = rate;
  }

  /**
   * @param x float32 [batch, height, width, inputs]; borrowed
   * @param time float32 [batch, timeChannels]; borrowed
   * @returns float32 [batch, height, width, outputs]; the caller disposes
   */
  forward(x: tf.Tensor4D, time: tf.Tensor2D, random?: Random): tf.Tensor4D {
    return tf.tidy(() => {
      const convolved = this.conv1.forward(this.norm1.activated(x));
      const timed = convolved.add<tf.Tensor4D>(this.timeEmb.forward(swish(time)).expandDims(1).expandDims(1));
      const activated = this.norm2.activated(timed);
      const h = this.conv2.forward(dropout(activated, this.dropoutRate, random));
      return h.add(this.shortcut ? this.shortcut.forward(x) : x);
    });
  }
}
