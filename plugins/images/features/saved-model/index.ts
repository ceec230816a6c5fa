import { type Extracted, FeatureExtractor, type ImageShape, resizer } from 'explab/images';
import { LoadedModel, option, optional, tf, UserError, value } from 'explab';
import { type Form, formOf } from './form';

/** Settings of the SavedModel extractor. */
export class SavedModelSettings {
  /** Folder of the SavedModel. */
  path = value('inception', { path: true });
  /** Signature to call. */
  signature = value('serving_default');
  /** Name of the output with the features; only needed if there are several outputs. */
  output = value('features');
  /** Name of the output with the class logits, if any. */
  logits = optional('string');
  /** Pixel range of its input: `signed` for [-1, 1], `unit` for [0, 1], `bytes` for [0, 255]. */
  pixels = value('signed', { choices: ['signed', 'unit', 'bytes'] });
  /** Batch size, unless the model has a fixed one. */
  batchSize = value(50, { integer: true, min: 1, unit: 'images', role: 'meta' });
}

/** Factor and offset that map a byte to the pixel range: byte · factor + offset. */
const SCALES = { signed: [1 / 127.5, -1], unit: [1 / 255, 0], bytes: [1, 0] } as const;

/** Features of a user-supplied SavedModel, such as Inception. */
@option(FeatureExtractor, 'SavedModel', SavedModelSettings)
export class SavedModel extends FeatureExtractor {
  classes: number | undefined;
  private model: LoadedModel | undefined;
  private form: Form | undefined;
  private shape: ImageShape = [1, 1, 1];
  private featureWidth: number | undefined;

  constructor(private readonly settings: SavedModelSettings) {
    super();
  }

  get width(): number {
    if (this.featureWidth === undefined) throw new Error('The SavedModel is not open yet: call open first.');
    return this.featureWidth;
  }

  /** @throws UserError if the SavedModel does not exist, or its signature does not map images to features */
  async open(shape: ImageShape): Promise<void> {
    const { path, signature } = this.settings;
    this.model ??= await LoadedModel.load(path, signature);
    this.form = formOf(this.model, shape, this.settings);
    this.shape = shape;
    this.checkCall(shape);
  }

  /** Calls the model once, so that errors show before images are sampled. */
  private checkCall([height, width, channels]: ImageShape): void {
    const { path } = this.settings;
    try {
      const [features, logits] = this.call(new Uint8Array(height * width * channels));
      [this.featureWidth, this.classes] = [widthOf(features), logits && widthOf(logits)];
      tf.dispose([features, ...(logits ? [logits] : [])]);
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw new UserError(`${path} cannot be called with images: ${String(error)}`, { cause: error });
    }
  }

  extract(pixels: Uint8Array): Promise<Extracted> {
    return Promise.resolve().then(() => this.extractInBatches(pixels));
  }

  private extractInBatches(pixels: Uint8Array): Extracted {
    const length = this.shape[0] * this.shape[1] * this.shape[2];
    const count = pixels.length / length;
    const features = new Float32Array(count * this.width);
    const probabilities = this.classes === undefined ? undefined : new Float32Array(count * this.classes);
    const size = this.form?.batchSize ?? this.settings.batchSize;
    for (let from = 0; from < count; from += size) {
      const [part, logits] = this.call(pixels.subarray(from * length, (from + size) * length));
      features.set(part.dataSync<'float32'>(), from * this.width);
      if (logits) probabilities?.set(softmaxOf(logits), from * (this.classes ?? 0));
      tf.dispose([part, ...(logits ? [logits] : [])]);
    }
    return { features, probabilities };
  }

  /** @param pixels at most one batch of images @returns float32 [n, ...] each; the caller disposes */
  private call(pixels: Uint8Array): [features: tf.Tensor, logits: tf.Tensor | undefined] {
    const { model, form } = this;
    if (!model || !form) throw new Error('The SavedModel is not open yet: call open first.');
    const [height, width, channels] = this.shape;
    const count = pixels.length / (height * width * channels);
    return tf.tidy(() => {
      const images = this.preprocess(pixels, count, form);
      const outputs = model.call({ [form.input]: images });
      const outputOf = (name: string) => tf.slice(outputs[name] as tf.Tensor, 0, count);
      return [outputOf(form.output), form.logits === undefined ? undefined : outputOf(form.logits)];
    });
  }

  /** Converts images to the model's size, channels, pixel range and batch size, padded with black images. */
  private preprocess(pixels: Uint8Array, count: number, { side, channels, batchSize = count }: Form): tf.Tensor4D {
    const resize = resizer(this.shape, side);
    const length = pixels.length / count;
    const [factor, offset] = SCALES[this.settings.pixels];
    const images = Array.from({ length: count }, (_, index) =>
      resize(pixels.subarray(index * length, (index + 1) * length)),
    );
    const grey = tf.tensor4d(Float32Array.from(Buffer.concat(images)), [count, side, side, this.shape[2]]);
    const coloured = channels === this.shape[2] ? grey : tf.tile(grey, [1, 1, 1, channels]);
    return tf.pad(tf.add(tf.mul(coloured, factor), offset), [
      [0, batchSize - count],
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
  }

  /** Frees the model. */
  close(): void {
    this.model?.dispose();
    this.model = undefined;
  }
}

function softmaxOf(logits: tf.Tensor): Float32Array {
  return tf.tidy(() => tf.softmax(tf.reshape(logits, [logits.shape[0], -1])).dataSync<'float32'>());
}

/** Number of values per image. @throws UserError if they have more than one axis */
function widthOf({ shape }: tf.Tensor): number {
  const sides = shape.slice(1).filter((side) => side !== 1);
  if (sides.length <= 1) return sides[0] ?? 1;
  throw new UserError(`The SavedModel returns shape [${shape.join(', ')}]; expected one feature vector per image.`, {
    hints: ['Average over the spatial axes in the model: `pooling="avg"` in Keras.'],
  });
}
