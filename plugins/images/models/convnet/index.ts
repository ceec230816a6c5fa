import { Classifier } from 'explab/images';
import { Conv2d, dropout, GroupNorm, Linear, Module, option, type Random, tf, value } from 'explab';

/** Settings of the convolutional network. */
export class ConvNetSettings {
  /** Number of image channels: 3 for colour, 1 for grey. */
  imageChannels = value(1, { integer: true, min: 1 });
  /** Number of classes. */
  classes = value(10, { integer: true, min: 2 });
  /** Number of channels of each stage; every stage after the first halves height and width. */
  channels = value([32, 64, 128], { integer: true, min: 1, minItems: 1 });
  /** Number of convolutions per stage. */
  blocks = value(2, { integer: true, min: 1 });
  /** Number of groups of each group normalization; must divide the channels of every stage. */
  groups = value(8, { integer: true, min: 1 });
  /** Dropout rate of the last features during training. */
  dropout = value(0.1, { min: 0, max: 0.9 });
}

/** A small convolutional network: stages of 3×3 convolutions, the mean over all pixels, and one linear layer. */
@option(Classifier, 'ConvNet', ConvNetSettings)
export class ConvNet extends Classifier {
  private readonly blocks: readonly Block[];
  private readonly final: Linear;
  private readonly dropoutRate: number;

  /** @throws UserError if `groups` does not divide the channels */
  constructor(settings: ConvNetSettings) {
    super();
    const { imageChannels, classes, channels } = settings;
    this.blocks = blocksOf(settings);
    this.final = new Linear(channels.at(-1) ?? imageChannels, classes);
    this.dropoutRate = settings.dropout;
  }

  logits(images: tf.Tensor4D, random?: Random): tf.Tensor2D {
    return tf.tidy(() => {
      const pooled = this.features(images);
      return this.final.forward(dropout(pooled, this.dropoutRate, random?.stream('dropout')));
    });
  }

  /** The mean over all pixels, for each channel of the last stage. */
  override features(images: tf.Tensor4D): tf.Tensor2D {
    return tf.tidy(() => {
      const features = this.blocks.reduce((x, block) => block.forward(x), images);
      return tf.mean<tf.Tensor2D>(features, [1, 2]);
    });
  }
}

/** A convolution, a group normalization and Swish. */
class Block extends Module {
  private readonly conv: Conv2d;
  private readonly norm: GroupNorm;

  constructor(inputs: number, outputs: number, stride: number, groups: number) {
    super();
    this.conv = new Conv2d(inputs, outputs, 3, { stride, padding: 1 });
    this.norm = new GroupNorm(groups, outputs);
  }

  /**
   * @param x float32 [batch, height, width, inputs]; borrowed
   * @returns float32 [batch, ⌈height / stride⌉, ⌈width / stride⌉, outputs]; the caller disposes
   */
  forward(x: tf.Tensor4D): tf.Tensor4D {
    return tf.tidy(() => this.norm.forwardSwish(this.conv.forward(x)));
  }
}

function blocksOf({ imageChannels, channels, blocks, groups }: ConvNetSettings): Block[] {
  return channels.flatMap((outputs, stage) => {
    const inputs = channels[stage - 1] ?? imageChannels;
    return Array.from({ length: blocks }, (_, index) => {
      const stride = stage > 0 && index === 0 ? 2 : 1;
      return new Block(index === 0 ? inputs : outputs, outputs, stride, groups);
    });
  });
}
