/* eslint-disable no-restricted-properties -- what is restricted is what is refused */
import { layers } from '@tensorflow/tfjs';
import * as tf from '../../../framework/tensorflow/tf';

/** An operation that a compiled step refuses. */
export interface Refused {
  readonly name: string;
  /** What to use instead, in Markdown. */
  readonly instead: string;
  readonly apply: (x: tf.Tensor2D) => unknown;
}

const DRAW = '`random.stream(name).normal(shape)` or `.uniform(shape)`, with the `Random` that the method receives';
const GUMBEL = '`tf.argMax` of logits plus Gumbel noise, -log(-log(`random.stream(name).uniform(shape)`))';
const READ = 'ops on the tensor; read values after the step, or with `--set compile=false`';
const MASK = '`tf.where`, or a product with a mask: shapes must be known before the step runs';
const BOXES = [
  [0, 0, 1, 1],
  [2, 2, 3, 3],
];

export const REFUSED: readonly Refused[] = [
  { name: 'dropout', instead: '`dropout(x, rate, random)`', apply: (x) => tf.dropout(x, 0.5) },
  { name: 'randomNormal', instead: DRAW, apply: () => tf.randomNormal([2, 2]) },
  { name: 'randomUniform', instead: DRAW, apply: () => tf.randomUniform([2, 2]) },
  { name: 'truncatedNormal', instead: DRAW, apply: () => tf.truncatedNormal([2, 2]) },
  { name: 'randomGamma', instead: DRAW, apply: () => tf.randomGamma([2, 2], 1) },
  { name: 'multinomial', instead: GUMBEL, apply: (x) => tf.multinomial(x, 3) },
  { name: 'rand', instead: DRAW, apply: () => tf.rand([2, 2], () => Math.random()) },
  {
    name: 'variable',
    instead: 'a `Parameter` or `Buffer` of a `Module`, or a `Variable`',
    apply: (x) => tf.mul(x, tf.variable(tf.scalar(2), true, 'refused')),
  },
  {
    name: 'train',
    instead: 'an `Optimizer`',
    apply: (x) => {
      const weight = tf.variable(tf.scalar(2), true, 'trained');
      return tf.train.sgd(0.1).minimize(() => tf.mean(tf.mul(x, weight)), true, [weight]);
    },
  },
  {
    name: 'layers',
    instead: 'the [layers](plugins.md#layers) of `explab`',
    apply: (x) => layers.dense({ name: 'dense', units: 3, kernelInitializer: 'ones' }).apply(x),
  },
  { name: 'dataSync', instead: READ, apply: (x) => x.dataSync() },
  { name: 'arraySync', instead: READ, apply: (x) => x.arraySync() },
  { name: 'data', instead: READ, apply: (x) => x.data() },
  { name: 'print', instead: READ, apply: (x) => tf.print(x) },
  { name: 'whereAsync', instead: MASK, apply: (x) => tf.whereAsync(tf.greater(x, 0)) },
  { name: 'booleanMaskAsync', instead: MASK, apply: (x) => tf.booleanMaskAsync(x, tf.greater(x, 0)) },
  { name: 'setdiff1dAsync', instead: MASK, apply: (x) => tf.setdiff1dAsync(tf.reshape(x, [-1]), [1]) },
  { name: 'unique', instead: '`tf.oneHot` and a sum, to count', apply: (x) => tf.unique(tf.reshape(x, [-1])).values },
  {
    name: 'inTopKAsync',
    instead: '`tf.topk` and `tf.equal`',
    apply: (x) => tf.inTopKAsync(x, tf.tensor1d([0, 1], 'int32'), 1),
  },
  {
    name: 'image.nonMaxSuppression',
    instead: 'the same after the step: the number of boxes that remain is unknown before',
    apply: (x) => tf.image.nonMaxSuppression(tf.tensor2d(BOXES), tf.reshape(tf.slice(x, 0, [2, 1]), [2]), 2),
  },
  {
    name: 'tensor of strings',
    instead: 'integers, encoded by the dataset',
    apply: () => tf.tensor1d(['a', 'b']),
  },
];
