import { type ImageShape, type LoadedModel, type TensorInfo, UserError } from 'explab';

/** What a function takes and gives, as far as features are wanted of it. */
export interface Form {
  readonly input: string;
  readonly output: string;
  readonly logits: string | undefined;
  /** Side of the square images that it takes, in pixels. */
  readonly side: number;
  readonly channels: number;
  /** How many images it takes at once; nothing where that may be any number. */
  readonly batchSize: number | undefined;
}

/** What the user says of it. */
interface Wanted {
  readonly path: string;
  readonly output: string;
  readonly logits: string | undefined;
}

/**
 * @param shape of the images that it will be given
 * @throws UserError where the function is not one from images to features, saying what it is
 */
export function formOf({ inputs, outputs }: LoadedModel, shape: ImageShape, wanted: Wanted): Form {
  const [[input, info], ...others] = Object.entries(inputs) as [[string, TensorInfo], ...[string, TensorInfo][]];
  const fail = (reason: string, ...hints: string[]) =>
    new UserError(`${wanted.path} cannot make features of images: ${reason}.`, {
      hints: [
        ...hints,
        `It takes ${listTensors(inputs)} and gives ${listTensors(outputs)}; docs/quality.md says what is wanted.`,
      ],
    });
  if (others.length > 0) throw fail(`it takes ${others.length + 1} inputs, and one of images is wanted`);
  const [batch = -1, height = -1, width = -1, channels = -1] = info.shape;
  if (info.dtype !== 'float32' || info.shape.length !== 4)
    throw fail(`${input} is not float32 [batch, height, width, channels]`);
  if (height !== width && height > 0 && width > 0)
    throw fail(`it takes images of ${height}×${width} pixels, and squares are wanted`);
  const own = shape[2];
  if (channels > 0 && channels !== own && own !== 1)
    throw fail(`it takes images of ${channels} channels, and these have ${own}`);
  const names = Object.keys(outputs);
  const [only] = names.length === 1 ? names : [];
  const output = names.includes(wanted.output) ? wanted.output : only;
  if (output === undefined) throw fail(`it has no output ${wanted.output}`, 'Name one: quality.features.output=NAME');
  if (wanted.logits !== undefined && !names.includes(wanted.logits)) throw fail(`it has no output ${wanted.logits}`);
  return {
    input,
    output,
    logits: wanted.logits,
    side: height > 0 ? height : shape[0],
    channels: channels > 0 ? channels : own,
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
