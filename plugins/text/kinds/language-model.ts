import { Module, type Random, type tf } from 'explab';

/** Network that predicts the next token of a text. */
export abstract class LanguageModel extends Module {
  /**
   * @param tokens int32 [n, time], each below the number of tokens, time at most the context length; borrowed
   * @param random source of dropout; undefined disables it, as in sampling
   * @returns float32 [n, time, number of tokens]: after each token, the logits of the next, which depend on no later token; the caller
   *   disposes
   */
  abstract logits(tokens: tf.Tensor2D, random?: Random): tf.Tensor3D;
}
