import { Module, type Random, type tf } from 'explab';

/** Network that classifies images: options of the slot `model` of the experiment `classify`. */
export abstract class Classifier extends Module {
  /**
   * @param images float32 [batch, height, width, channels] in [-1, 1]; borrowed
   * @param random source of dropout; undefined disables it, as in evaluation
   * @returns float32 [batch, classes]: logits; the caller disposes
   */
  abstract logits(images: tf.Tensor4D, random?: Random): tf.Tensor2D;

  /**
   * Features before the last layer, without dropout; optional.
   * @param images float32 [batch, height, width, channels] in [-1, 1]; borrowed
   * @returns float32 [batch, features]; the caller disposes
   */
  features?(images: tf.Tensor4D): tf.Tensor2D;
}
