import { join } from 'node:path';
import { Classifier, type Extracted, FeatureExtractor, type ImageShape, resizer, toImages } from 'explab/images';
import { loadWeights, option, type Program, Run, slot, tf, UserError } from 'explab';

/** Trained with the command in README.md. */
const WEIGHTS = join(__dirname, 'weights.safetensors');
/** Side of the training images, in pixels. */
const SIDE = 8;
const CHANNELS = [16, 32, 64];
const CLASSES = 10;

/** Settings of the digit classifier. */
export class DigitClassifierSettings {
  /** Network that the weights belong to. */
  model = slot(Classifier, 'ConvNet', {
    imageChannels: () => 1,
    classes: () => CLASSES,
    channels: () => CHANNELS,
    blocks: () => 2,
    groups: () => 8,
  });
}

/** Classifier of the embedded digits: the 64 activations before its last layer, and the ten class probabilities. */
@option(FeatureExtractor, 'DigitClassifier', DigitClassifierSettings, Run)
export class DigitClassifier extends FeatureExtractor {
  readonly width = CHANNELS.at(-1) ?? 0;
  readonly classes = CLASSES;
  private program: Program | undefined;
  private shape: ImageShape = [SIDE, SIDE, 1];

  constructor(
    private readonly settings: DigitClassifierSettings,
    private readonly run: Run,
  ) {
    super();
  }

  /** @throws UserError if the images have colours, or the weights belong to another network */
  async open(shape: ImageShape): Promise<void> {
    if (shape[2] !== 1) {
      throw new UserError(`DigitClassifier expects grey images, got ${shape[2]} channels.`, {
        hints: ['Use your own model: quality.features=SavedModel quality.features.path=FOLDER'],
      });
    }
    this.shape = shape;
    this.program ??= await this.load();
  }

  private async load(): Promise<Program> {
    const { model } = this.settings;
    const { engine, random } = this.run;
    // Allocates the variables; their initial values are replaced by the weights.
    model.initialize(random.stream('digit classifier'));
    await loadWeights(engine, model, WEIGHTS);
    return engine.program('features', (images) => {
      const features = model.features?.(images as tf.Tensor4D);
      if (!features)
        throw new UserError(`${model.constructor.name} has no features: the weights belong to another network.`);
      return [features, tf.softmax(model.logits(images as tf.Tensor4D))];
    });
  }

  /** Resizes the images to 8×8 pixels first. */
  async extract(pixels: Uint8Array): Promise<Extracted> {
    if (!this.program) throw new Error('extract was called before open');
    const images = toImages(resizeAll(pixels, this.shape), [SIDE, SIDE, 1]);
    const outputs = await this.program.run(images);
    const [features, probabilities] = await Promise.all(outputs.map((output) => output.data<'float32'>()));
    tf.dispose([images, ...outputs]);
    return { features: features ?? new Float32Array(), probabilities };
  }
}

function resizeAll(pixels: Uint8Array, shape: ImageShape): Uint8Array {
  const resize = resizer(shape, SIDE);
  const length = shape[0] * shape[1];
  const images = Array.from({ length: pixels.length / length }, (_, index) =>
    resize(pixels.subarray(index * length, (index + 1) * length)),
  );
  return Buffer.concat(images);
}
