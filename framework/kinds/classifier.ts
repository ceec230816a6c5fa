import { Module } from '../nn/module';
import type { Random } from '../random/random';
import type * as tf from '../tensorflow/tf';

/** A network that tells which class an image is of. Options are found by the slot `model` of the experiment `classify`. */
export abstract class Classifier extends Module {
  /**
   * @param images float32 [batch, height, width, channels] in [-1, 1]; borrowed
   * @param random where dropout draws; without it nothing is dropped, as when the model is measured
   * @returns float32 [batch, classes]: the logarithm of each class's probability, but for a number common to all; the caller disposes
   */
  abstract logits(images: tf.Tensor4D, random?: Random): tf.Tensor2D;

  /**
   * What the class is told by, before the last layer; left out by a network that has no such numbers. Nothing is dropped.
   * @param images float32 [batch, height, width, channels] in [-1, 1]; borrowed
   * @returns float32 [batch, features]; the caller disposes
   */
  features?(images: tf.Tensor4D): tf.Tensor2D;
}
