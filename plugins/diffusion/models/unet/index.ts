import { Conv2d, GroupNorm, option, type Random, tf, UserError } from 'explab';
import type { ImageShape } from 'explab/images';
import { NoisePredictor } from 'explab/diffusion';
import { type BlockOptions, DownBlock, Downsample, MiddleBlock, UpBlock, Upsample } from './blocks';
import { ClassEmbedding } from './class-embedding';
import { channelsOf, checkSettings, timeChannelsOf, UNetSettings } from './settings';
import { TimeEmbedding } from './time-embedding';

export { UNetSettings } from './settings';

/**
 * U-Net of denoising diffusion, as in labml's implementation.
 *
 * Down: residual blocks at each resolution, then downsampling. Up: the mirror image, with a skip connection from each down block.
 * Ho et al. 2020, arXiv:2006.11239, appendix B; the parameters' names, shapes and initial values are those of labml's annotated
 * PyTorch implementation.
 */
@option(NoisePredictor, 'UNet', UNetSettings)
export class UNet extends NoisePredictor {
  override readonly classes: number | undefined;
  private readonly imageProj: Conv2d;
  private readonly timeEmb: TimeEmbedding;
  private readonly classEmb: ClassEmbedding | undefined;
  private readonly down: readonly (DownBlock | Downsample)[];
  private readonly middle: MiddleBlock;
  private readonly up: readonly (UpBlock | Upsample)[];
  private readonly norm: GroupNorm;
  private readonly final: Conv2d;

  /** @throws UserError if the lists differ in length, or groups or heads do not divide the channels */
  constructor(settings: UNetSettings) {
    super();
    checkSettings(settings);
    const { imageChannels, classes, channels, finalGroups } = settings;
    const { groups, heads, headSize, scaleShift, dropout } = settings;
    const options = { timeChannels: timeChannelsOf(settings), groups, heads, headSize, scaleShift, dropout };
    const bottomChannels = channelsOf(settings).at(-1) ?? channels;
    this.classes = classes;
    this.imageProj = new Conv2d(imageChannels, channels, 3, { padding: 1 });
    this.timeEmb = new TimeEmbedding(options.timeChannels);
    this.classEmb = classes === undefined ? undefined : new ClassEmbedding(classes, options.timeChannels);
    this.down = downBlocks(settings, options);
    this.middle = new MiddleBlock(bottomChannels, options);
    this.up = upBlocks(settings, bottomChannels, options);
    this.norm = new GroupNorm(finalGroups, channels);
    this.final = new Conv2d(channels, imageChannels, 3, { padding: 1 });
  }

  predict(xt: tf.Tensor4D, t: tf.Tensor1D, random?: Random, labels?: tf.Tensor1D): tf.Tensor4D {
    this.checkShape(xt.shape.slice(1) as unknown as ImageShape);
    return tf.tidy(() => {
      const time = this.embedding(t, labels);
      let x = this.imageProj.forward(xt);
      const skips = [x];
      for (const [index, block] of this.down.entries()) {
        x = block.forward(x, time, random?.stream(`down.${index}`));
        skips.push(x);
      }
      x = this.middle.forward(x, time, random?.stream('middle'));
      for (const [index, block] of this.up.entries()) {
        const skip = block instanceof Upsample ? [] : skips.splice(-1);
        x = block.forward(tf.concat([x, ...skip], 3), time, random?.stream(`up.${index}`));
      }
      return this.final.forward(this.norm.forwardSwish(x));
    });
  }

  /** Embedding of the time, plus that of the class if conditional. @returns float32 [batch, timeChannels]; the caller disposes */
  private embedding(t: tf.Tensor1D, labels?: tf.Tensor1D): tf.Tensor2D {
    const time = this.timeEmb.forward(t);
    const { classEmb } = this;
    return classEmb ? time.add(classEmb.forward(labels ?? classEmb.none(t.shape[0]))) : time;
  }

  override checkShape([height, width]: ImageShape): void {
    const halvings = this.down.filter((block) => block instanceof Downsample).length;
    if (height % 2 ** halvings === 0 && width % 2 ** halvings === 0) return;
    throw new UserError(`Images of ${height}×${width} pixels cannot be downsampled ${halvings} times.`, {
      hints: [`Choose an image size that is a multiple of ${2 ** halvings}, or fewer model.multipliers.`],
    });
  }
}

function downBlocks({ channels, multipliers, attention, blocks }: UNetSettings, options: BlockOptions) {
  const layers: (DownBlock | Downsample)[] = [];
  let inputs = channels;
  for (const [level, multiplier] of multipliers.entries()) {
    const outputs = inputs * multiplier;
    for (let block = 0; block < blocks; block++) {
      layers.push(new DownBlock(inputs, outputs, attention[level] ?? false, options));
      inputs = outputs;
    }
    if (level < multipliers.length - 1) layers.push(new Downsample(inputs));
  }
  return layers;
}

function upBlocks({ multipliers, attention, blocks }: UNetSettings, bottomChannels: number, options: BlockOptions) {
  const layers: (UpBlock | Upsample)[] = [];
  let inputs = bottomChannels;
  for (const [level, multiplier] of [...multipliers.entries()].reverse()) {
    const attends = attention[level] ?? false;
    for (let block = 0; block < blocks; block++) layers.push(new UpBlock(inputs, inputs, attends, options));
    const outputs = inputs / multiplier;
    layers.push(new UpBlock(inputs, outputs, attends, options));
    inputs = outputs;
    if (level > 0) layers.push(new Upsample(inputs));
  }
  return layers;
}
