import { Conv2d, ConvTranspose2d, Module, type Random, tf } from 'explab';
import { AttentionBlock, type AttentionOptions } from './attention-block';
import { ResidualBlock, type ResidualOptions } from './residual-block';

/** Options shared by all blocks of a network. */
export interface BlockOptions extends AttentionOptions, ResidualOptions {}

/** Block of the down path: a residual block, optionally followed by attention. */
export class DownBlock extends Module {
  readonly res: ResidualBlock;
  readonly attn: AttentionBlock | undefined;

  constructor(inputs: number, outputs: number, attention: boolean, options: BlockOptions) {
    super();
    this.res = new ResidualBlock(inputs, outputs, options);
    this.attn = attention ? new AttentionBlock(outputs, options) : undefined;
  }

  /** @returns float32 [batch, height, width, outputs]; the caller disposes */
  forward(x: tf.Tensor4D, time: tf.Tensor2D, random?: Random): tf.Tensor4D {
    return tf.tidy(() => {
      const h = this.res.forward(x, time, random);
      return this.attn ? this.attn.forward(h) : h;
    });
  }
}

/** Block of the up path: a down block on x concatenated with the skip connection of the same resolution. */
export class UpBlock extends DownBlock {
  constructor(inputs: number, skipped: number, attention: boolean, options: BlockOptions) {
    super(inputs + skipped, skipped, attention, options);
  }
}

/** The bottom: residual, attention, residual. */
export class MiddleBlock extends Module {
  private readonly res1: ResidualBlock;
  private readonly attn: AttentionBlock;
  private readonly res2: ResidualBlock;

  constructor(channels: number, options: BlockOptions) {
    super();
    this.res1 = new ResidualBlock(channels, channels, options);
    this.attn = new AttentionBlock(channels, options);
    this.res2 = new ResidualBlock(channels, channels, options);
  }

  /** @returns the shape of x; the caller disposes */
  forward(x: tf.Tensor4D, time: tf.Tensor2D, random?: Random): tf.Tensor4D {
    return tf.tidy(() => {
      const h = this.attn.forward(this.res1.forward(x, time, random?.stream('res1')));
      return this.res2.forward(h, time, random?.stream('res2'));
    });
  }
}

/** Halves height and width by a 3×3 convolution with stride 2. */
export class Downsample extends Module {
  private readonly conv: Conv2d;

  constructor(channels: number) {
    super();
    this.conv = new Conv2d(channels, channels, 3, { stride: 2, padding: 1 });
  }

  /** @returns float32 [batch, ⌈height / 2⌉, ⌈width / 2⌉, channels]; the caller disposes */
  forward(x: tf.Tensor4D): tf.Tensor4D {
    return this.conv.forward(x);
  }
}

/** Doubles height and width by a 4×4 transposed convolution with stride 2. */
export class Upsample extends Module {
  private readonly conv: ConvTranspose2d;

  constructor(channels: number) {
    super();
    this.conv = new ConvTranspose2d(channels, channels);
  }

  /** @returns float32 [batch, 2 height, 2 width, channels]; the caller disposes */
  forward(x: tf.Tensor4D): tf.Tensor4D {
    return this.conv.forward(x);
  }
}
