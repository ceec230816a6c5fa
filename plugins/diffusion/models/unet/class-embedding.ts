import { Module, Parameter, tf } from 'explab';

/**
 * Class embedding: a learnt vector for each class and one for no class, as PyTorch's `nn.Embedding`. Named and used as in Dhariwal and
 * Nichol 2021, arXiv:2105.05233, section 5, where it is added to the time embedding.
 */
export class ClassEmbedding extends Module {
  /** float32 [classes + 1, channels]; the last row is for no class. */
  readonly weight: Parameter;

  constructor(
    private readonly classes: number,
    channels: number,
  ) {
    super();
    this.weight = new Parameter([classes + 1, channels], (shape, random) => random.normal([...shape]));
  }

  /** @param labels int32 [batch], each in [0, classes]; borrowed @returns float32 [batch, channels]; the caller disposes */
  forward(labels: tf.Tensor1D): tf.Tensor2D {
    return tf.gather(this.weight.value as tf.Tensor2D, labels);
  }

  /** Labels of images without a class. @returns int32 [batch]; the caller disposes */
  none(batch: number): tf.Tensor1D {
    return tf.fill([batch], this.classes, 'int32');
  }
}
