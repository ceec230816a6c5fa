import { Linear, Module, option, tf, value } from 'explab';

/** Network that generates images from latent vectors. */
export abstract class Generator extends Module {
  /** @param z float32 [n, latent] @returns float32 [n, height, width, channels] in [-1, 1] */
  abstract generate(z: tf.Tensor2D): tf.Tensor4D;
}

/** Network that distinguishes images of the dataset from generated ones. */
export abstract class Discriminator extends Module {
  /** @param images float32 [n, height, width, channels] in [-1, 1] @returns float32 [n], higher for images of the dataset */
  abstract score(images: tf.Tensor4D): tf.Tensor1D;
}

/** Settings of both networks. */
class ImageNetworkSettings {
  /** Side length of the square images, in pixels. */
  imageSize = value(28, { integer: true, min: 1 });
  /** Number of channels. */
  imageChannels = value(1, { integer: true, min: 1 });
}

/** Settings of the generator. */
export class MLPGeneratorSettings extends ImageNetworkSettings {
  /** Number of latent variables. */
  latent = value(64, { integer: true, min: 1 });
  /** Widths of the hidden layers. */
  hidden = value([256, 512], { integer: true, min: 1, role: 'hyperparameter' });
}

/** Settings of the discriminator. */
export class MLPDiscriminatorSettings extends ImageNetworkSettings {
  /** Widths of the hidden layers. */
  hidden = value([512, 256], { integer: true, min: 1, role: 'hyperparameter' });
}

/** Linear layers with leaky ReLU between them. */
class Layers extends Module {
  private readonly layers: readonly Linear[];

  constructor(widths: readonly number[]) {
    super();
    this.layers = widths.slice(1).map((width, index) => new Linear(widths[index] ?? 1, width));
  }

  forward(x: tf.Tensor2D): tf.Tensor2D {
    const last = this.layers.length - 1;
    return this.layers.reduce((h, layer, index) => {
      const y = layer.forward(h);
      return index === last ? y : tf.leakyRelu(y, 0.2);
    }, x);
  }
}

/** Multilayer perceptron with tanh at its output. */
@option(Generator, 'MLP', MLPGeneratorSettings)
export class MLPGenerator extends Generator {
  private readonly layers: Layers;

  constructor(private readonly settings: MLPGeneratorSettings) {
    super();
    const { imageSize, imageChannels, latent, hidden } = settings;
    this.layers = new Layers([latent, ...hidden, imageSize ** 2 * imageChannels]);
  }

  generate(z: tf.Tensor2D): tf.Tensor4D {
    const { imageSize, imageChannels } = this.settings;
    return tf.reshape(tf.tanh(this.layers.forward(z)), [z.shape[0], imageSize, imageSize, imageChannels]);
  }
}

/** Multilayer perceptron. */
@option(Discriminator, 'MLP', MLPDiscriminatorSettings)
export class MLPDiscriminator extends Discriminator {
  private readonly layers: Layers;

  constructor({ imageSize, imageChannels, hidden }: MLPDiscriminatorSettings) {
    super();
    this.layers = new Layers([imageSize ** 2 * imageChannels, ...hidden, 1]);
  }

  score(images: tf.Tensor4D): tf.Tensor1D {
    return tf.squeeze(this.layers.forward(tf.reshape(images, [images.shape[0], -1])), [1]);
  }
}
