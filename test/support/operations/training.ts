import { crossEntropy, dropout, gelu, Random, scan, stopGradient, swish } from '../../../framework';
import * as tf from '../../../framework/tensorflow/tf';
import { booleans, type Groups, indices, operation, operations, real } from './operation';

export const TRAINING: Groups = {
  Losses: [
    ...operations([real(4, 5), real(4, 5)], {
      'losses.absoluteDifference': (a, b) => tf.losses.absoluteDifference(a, b),
      'losses.meanSquaredError': (a, b) => tf.losses.meanSquaredError(a, b),
      'losses.huberLoss': (a, b) => tf.losses.huberLoss(a, b),
      'losses.cosineDistance': (a, b) => tf.losses.cosineDistance(a, b, 1),
      'losses.logLoss': (a, b) => tf.losses.logLoss(tf.sigmoid(a), tf.sigmoid(b)),
    }),
    operation('losses.softmaxCrossEntropy', [indices(5, 4), real(4, 5)], (labels, x) =>
      tf.losses.softmaxCrossEntropy(tf.oneHot(labels, 5), x),
    ),
    ...operations([booleans(4, 5), real(4, 5)], {
      'losses.sigmoidCrossEntropy': (labels, x) => tf.losses.sigmoidCrossEntropy(tf.cast(labels, 'float32'), x),
      'losses.hingeLoss': (labels, x) => tf.losses.hingeLoss(tf.cast(labels, 'float32'), x),
    }),
    operation('gather, cross-entropy', [real(4, 5), indices(5, 4, 1)], (x, labels) =>
      tf.neg(tf.gather(tf.logSoftmax(x), labels, 1, 1)),
    ),
    operation('math.confusionMatrix', [indices(3, 6), indices(3, 6)], (a, b) => tf.math.confusionMatrix(a, b, 3)),
  ],
  'Recurrent cells': [
    operation(
      'basicLSTMCell',
      [real(6, 16), real(16), real(2, 2), real(2, 4), real(2, 4)],
      (kernel, bias, x, c, h) => tf.basicLSTMCell(tf.scalar(1), kernel, bias, x, c, h)[1],
    ),
    operation('multiRNNCell', [real(6, 16), real(16), real(2, 2), real(2, 4), real(2, 4)], (kernel, bias, x, c, h) => {
      const cell = (data: tf.Tensor2D, c: tf.Tensor2D, h: tf.Tensor2D) =>
        tf.basicLSTMCell(tf.scalar(1), kernel, bias, data, c, h);
      return tf.multiRNNCell([cell], x, [c], [h])[1][0]!;
    }),
  ],
  'Gradients of your own': [
    operation('grad', [real(3, 4)], (x) => tf.grad((x) => tf.mul(tf.square(x), x))(x)),
    operation('customGrad', [real(3, 4)], (x) =>
      tf.customGrad((x, save) => {
        (save as tf.GradSaveFunc)([x as tf.Tensor]);
        return {
          value: tf.sin(x as tf.Tensor),
          gradFunc: (dy: tf.Tensor, [x]: tf.Tensor[]) => tf.mul(dy, tf.cos(x!)),
        };
      })(x),
    ),
  ],
  "exp's own": [
    ...operations([real(3, 4)], { swish, gelu: (x) => gelu(x), 'gelu by tanh': (x) => gelu(x, 'tanh') }),
    operation('crossEntropy', [real(4, 5), indices(5, 4)], (x, labels) => crossEntropy(x, labels)),
    operation('dropout', [real(4, 8)], (x) => dropout(x, 0.5, Random.fromSeed(1).stream('dropout'))),
    operation('scan', [real(3), real(4, 3)], (initial, x) =>
      scan(initial, x, [], (state, input) => tf.tanh(tf.add(state, input))),
    ),
    operation('stopGradient', [real(3, 4)], (x) => tf.mul(x, stopGradient(tf.onesLike(x)))),
  ],
};
