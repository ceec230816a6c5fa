import type { ImageShape } from 'explab/images';
import { type LoadedModel, type TensorInfo, UserError } from 'explab';

/** Inputs and outputs of a signature that extracts features. */
export interface Form {
  readonly input: string;
  readonly output: string;
  readonly logits: string | undefined;
  /** Side of the square input images, in pixels. */
  readonly side: number;
  readonly channels: number;
  /** Fixed batch size; undefined if any number of images is accepted. */
  readonly batchSize: number | undefined;
}

/** User's choice of model and outputs. */
interface ModelSettings {
  readonly path: string;
  readonly output: string;
  readonly logits: string | undefined;
}

/**
 * @param shape of the images to extract features from
 * @throws UserError with the signature, if it does not map images to features
 */
export function formOf({ inputs, outputs }: LoadedModel, shape: ImageShape, settings: ModelSettings): Form {
  const [[input, info], ...others] = Object.entries(inputs) as [[string, TensorInfo], ...[string, TensorInfo][]];
  const fail = (reason: string, ...hints: string[]) =>
    new UserError(`${settings.path} cannot extract features: ${reason}.`, {
      hints: [
        ...hints,
        `Inputs: ${listTensors(inputs)}; outputs: ${listTensors(outputs)}. docs/quality.md has the requirements.`,
      ],
    });
  if (others.length > 0) throw fail(`expected one input of images, got ${others.length + 1} inputs`);
  const [batch = -1, height = -1, width = -1, channels = -1] = info.shape;
  if (info.dtype !== 'float32' || info.shape.length !== 4)
    throw fail(`expected ${input} to be float32 [batch, height, width, channels]`);
  if (height !== width && height > 0 && width > 0)
    throw fail(`expected square input images, got ${height}×${width} pixels`);
  const imageChannels = shape[2];
  if (channels > 0 && channels !== imageChannels && imageChannels !== 1)
    throw fail(`its input has ${channels} channels, but the images have ${imageChannels}`);
  const names = Object.keys(outputs);
  const [onlyOutput] = names.length === 1 ? names : [];
  const output = names.includes(settings.output) ? settings.output : onlyOutput;
  if (output === undefined)
    throw fail(`it has no output ${settings.output}`, 'Choose one: quality.features.output=NAME');
  if (settings.logits !== undefined && !names.includes(settings.logits))
    throw fail(`it has no output ${settings.logits}`);
  return {
    input,
    output,
    logits: settings.logits,
    side: height > 0 ? height : shape[0],
    channels: channels > 0 ? channels : imageChannels,
    batchSize: batch > 0 ? batch : undefined,
  };
}

/** `images: float32 [?, 299, 299, 3]` */
function listTensors(infos: Readonly<Record<string, TensorInfo>>): string {
  const each = Object.entries(infos).map(([name, { dtype, shape }]) => {
    return `${name}: ${dtype} [${shape.map((side) => (side < 0 ? '?' : side)).join(', ')}]`;
  });
  return each.join(', ') || 'nothing';
}
