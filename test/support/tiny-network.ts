import { Conv2d, Embedding, GroupNorm, Linear, type Random, dropout, option, optional, swish, tf, value } from 'explab';
import { NoisePredictor } from 'explab/diffusion';

/** Settings of Tiny, called as those of the U-Net. */
export class TinySettings {
  /** Number of channels of the images. */
  imageChannels = value(1, { integer: true, min: 1 });
  /** Number of features. */
  channels = value(8, { integer: true, min: 1 });
  /** Number of groups of the normalization. */
  groups = value(4, { integer: true, min: 1 });
  /** Dropout probability. */
  dropout = value(0, { min: 0, below: 1 });
  /** Number of classes; unconditional if not set. */
  classes = optional('number', { integer: true, min: 1 });
}

/**
 * Network with all kinds of layers of the U-Net, once each, for tests of everything but the network: its graph has a tenth of the operations, so
 * that a run in a graph takes a tenth of the time.
 */
@option(NoisePredictor, 'Tiny', TinySettings)
export class Tiny extends NoisePredictor {
  override readonly classes: number | undefined;
  private readonly imageProj: Conv2d;
  private readonly timeEmb: Linear;
  private readonly classEmb: Embedding | undefined;
  private readonly norm: GroupNorm;
  private readonly final: Conv2d;

  constructor(private readonly settings: TinySettings) {
    super();
    const { imageChannels, channels, groups, classes } = settings;
    this.classes = classes;
    this.imageProj = new Conv2d(imageChannels, channels, 3, { padding: 1 });
    this.timeEmb = new Linear(1, channels);
    this.classEmb = classes !== undefined ? new Embedding(classes + 1, channels) : undefined;
    this.norm = new GroupNorm(groups, channels);
    this.final = new Conv2d(channels, imageChannels, 3, { padding: 1 });
  }

  predict(xt: tf.Tensor4D, t: tf.Tensor1D, random?: Random, labels?: tf.Tensor1D): tf.Tensor4D {
    return tf.tidy(() => {
      const time = this.timeEmb.forward(tf.expandDims(tf.cast(t, 'float32'), 1));
      const embedded = this.classEmb && labels ? tf.add(time, this.classEmb.forward(labels)) : time;
      const h = tf.add<tf.Tensor4D>(this.imageProj.forward(xt), tf.reshape(embedded, [xt.shape[0], 1, 1, -1]));
      return this.final.forward(dropout(swish(this.norm.forward(h)), this.settings.dropout, random));
    });
  }
}
