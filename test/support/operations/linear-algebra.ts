import * as tf from '../../../framework/tensorflow/tf';
import { type Groups, operation, positive, real } from './operation';

export const LINEAR_ALGEBRA: Groups = {
  'Linear algebra': [
    operation('matMul', [real(3, 4), real(4, 5)], (a, b) => tf.matMul(a, b)),
    operation('matMul, first transposed', [real(4, 3), real(4, 5)], (a, b) => tf.matMul(a, b, true)),
    operation('matMul, second transposed', [real(3, 4), real(5, 4)], (a, b) => tf.matMul(a, b, false, true)),
    operation('matMul, both transposed', [real(4, 3), real(5, 4)], (a, b) => tf.matMul(a, b, true, true)),
    operation('matMul of batches', [real(2, 3, 4, 5), real(2, 3, 6, 5)], (a, b) => tf.matMul(a, b, false, true)),
    operation('matMul with broadcasting', [real(2, 3, 4, 5), real(1, 3, 5, 2)], (a, b) => tf.matMul(a, b)),
    operation('dot', [real(4), real(4)], (a, b) => tf.dot(a, b)),
    operation('outerProduct', [real(3), real(4)], (a, b) => tf.outerProduct(a, b)),
    operation('einsum', [real(2, 2, 3, 4), real(2, 2, 5, 4)], (a, b) => tf.einsum('bhqd,bhkd->bhqk', a, b)),
    operation('einsum with a repeated label', [real(3, 3)], (x) => tf.einsum('ii->i', x)),
    operation('linalg.bandPart', [real(4, 4)], (x) => tf.linalg.bandPart(x, -1, 0)),
    operation('linalg.bandPart of a constant', [real(4, 4)], (x) =>
      tf.mul(x, tf.linalg.bandPart(tf.ones([4, 4]), -1, 0)),
    ),
    operation('linalg.gramSchmidt', [real(3, 3)], (x) => tf.linalg.gramSchmidt(tf.add(x, tf.eye(3))) as tf.Tensor2D),
    operation('linalg.qr', [real(3, 3)], (x) => tf.linalg.qr(tf.add(x, tf.eye(3)))[1]),
    operation('diag', [real(3)], (x) => tf.diag(x)),
  ],
  Normalization: [
    operation(
      'batchNorm',
      [real(2, 3, 3, 4), real(4), positive(4), real(4), real(4)],
      (x, mean, variance, offset, scale) => tf.batchNorm(x, mean, variance, offset, scale, 1e-3),
    ),
    operation('moments, layer normalization', [real(2, 3, 8)], (x) => {
      const { mean, variance } = tf.moments(x, -1, true);
      return tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5)));
    }),
    operation('localResponseNormalization', [real(1, 3, 3, 8)], (x) => tf.localResponseNormalization(x)),
  ],
};
