import { inject } from 'inversify';
import { Conv2d, GroupNorm, type ImageShape, NoisePredictor, type Random, UserError, option, tf } from 'explab';
import { type BlockOptions, DownBlock, Downsample, MiddleBlock, UpBlock, Upsample } from './blocks';
import { ClassEmbedding } from './class-embedding';
import { UNetSettings, channelsOf, checkSettings, timeChannelsOf } from './settings';
import { TimeEmbedding } from './time-embedding';

export { UNetSettings } from './settings';

/**
 * The U-Net of denoising diffusion, as labml builds it.
 *
 * Down: at each resolution some residual blocks, then half the size. Up: the same mirrored, each block also given the output of its
 * counterpart on the way down. Ho et al. 2020, arXiv:2006.11239, appendix B; the parameters' names, shapes and first values are
 * PyTorch's of labml's annotated implementation.
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

  /** @throws UserError where the lists differ in length, or the channels cannot be grouped or shared by heads */
  constructor(@inject(UNetSettings) settings: UNetSettings) {
    super();
    checkSettings(settings);
    const { imageChannels, classes, channels, finalGroups } = settings;
    const { groups, heads, headSize, scaleShift, dropout } = settings;
    const options = { timeChannels: timeChannelsOf(settings), groups, heads, headSize, scaleShift, dropout };
    const bottom = channelsOf(settings).at(-1) ?? channels;
    this.classes = classes;
    this.imageProj = new Conv2d(imageChannels, channels, 3, { padding: 1 });
    this.timeEmb = new TimeEmbedding(options.timeChannels);
    this.classEmb = classes === undefined ? undefined : new ClassEmbedding(classes, options.timeChannels);
    this.down = downBlocks(settings, options);
    this.middle = new MiddleBlock(bottom, options);
    this.up = upBlocks(settings, bottom, options);
    this.norm = new GroupNorm(finalGroups, channels);
    this.final = new Conv2d(channels, imageChannels, 3, { padding: 1 });
  }

  predict(xt: tf.Tensor4D, t: tf.Tensor1D, random?: Random, labels?: tf.Tensor1D): tf.Tensor4D {
    this.checkShape(xt.shape.slice(1) as unknown as ImageShape);
    return tf.tidy(() => {
      const time = this.embedding(t, labels);
      let x = this.imageProj.forward(xt);
      const skipped = [x];
      for (const [index, block] of this.down.entries()) {
        x = block.forward(x, time, random?.stream(`down.${index}`));
        skipped.push(x);
      }
      x = this.middle.forward(x, time, random?.stream('middle'));
      for (const [index, block] of this.up.entries()) {
        const skip = block instanceof Upsample ? [] : skipped.splice(-1);
        x = block.forward(tf.concat([x, ...skip], 3), time, random?.stream(`up.${index}`));
      }
      return this.final.forward(this.norm.forwardSwish(x));
    });
  }

  /** What every block is told: the time, and the class where there is one. @returns float32 [batch, 4 channels]; the caller disposes */
  private embedding(t: tf.Tensor1D, labels?: tf.Tensor1D): tf.Tensor2D {
    const time = this.timeEmb.forward(t);
    const { classEmb } = this;
    return classEmb ? time.add(classEmb.forward(labels ?? classEmb.none(t.shape[0]))) : time;
  }

  override checkShape([height, width]: ImageShape): void {
    const halvings = this.down.filter((block) => block instanceof Downsample).length;
    if (height % 2 ** halvings === 0 && width % 2 ** halvings === 0) return;
    throw new UserError(`Images of ${height}×${width} pixels cannot be halved ${halvings} times.`, {
      hints: [`Choose a size that ${2 ** halvings} divides, or fewer multipliers.`],
    });
  }
}

function downBlocks({ channels, multipliers, attention, blocks }: UNetSettings, options: BlockOptions) {
  const way: (DownBlock | Downsample)[] = [];
  let inputs = channels;
  for (const [level, multiplier] of multipliers.entries()) {
    const outputs = inputs * multiplier;
    for (let block = 0; block < blocks; block++) {
      way.push(new DownBlock(inputs, outputs, attention[level] ?? false, options));
      inputs = outputs;
    }
    if (level < multipliers.length - 1) way.push(new Downsample(inputs));
  }
  return way;
}

function upBlocks({ multipliers, attention, blocks }: UNetSettings, bottom: number, options: BlockOptions) {
  const way: (UpBlock | Upsample)[] = [];
  let inputs = bottom;
  for (const [level, multiplier] of [...multipliers.entries()].reverse()) {
    const attends = attention[level] ?? false;
    for (let block = 0; block < blocks; block++) way.push(new UpBlock(inputs, inputs, attends, options));
    const outputs = inputs / multiplier;
    way.push(new UpBlock(inputs, outputs, attends, options));
    inputs = outputs;
    if (level > 0) way.push(new Upsample(inputs));
  }
  return way;
}
