import * as tf from '../../../framework/tensorflow/tf';
import { booleans, type Groups, indices, inUnit, operation, operations, positive, real } from './operation';

export const ARITHMETIC: Groups = {
  'Of one number': [
    ...operations([real(3, 4)], {
      ...{ abs: tf.abs, neg: tf.neg, sign: tf.sign, square: tf.square, reciprocal: tf.reciprocal },
      ...{ floor: tf.floor, ceil: tf.ceil, round: tf.round, step: (x) => tf.step(x) },
      ...{ exp: tf.exp, expm1: tf.expm1, erf: tf.erf, sin: tf.sin, cos: tf.cos, tan: tf.tan, atan: tf.atan },
      ...{ sinh: tf.sinh, cosh: tf.cosh, tanh: tf.tanh, asinh: tf.asinh },
      clipByValue: (x) => tf.clipByValue(x, -0.5, 0.5),
      ...{ isNaN: tf.isNaN, isInf: tf.isInf, isFinite: tf.isFinite },
      'cast to int32': (x) => tf.cast(x, 'int32'),
      'cast to int32 and back': (x) => tf.cast(tf.cast(x, 'int32'), 'float32'),
    }),
    ...operations([positive(3, 4)], { log: tf.log, log1p: tf.log1p, sqrt: tf.sqrt, rsqrt: tf.rsqrt }),
    ...operations([positive(3, 4)], { acosh: (x) => tf.acosh(tf.add(x, 1)) }),
    ...operations([inUnit(3, 4)], { asin: tf.asin, acos: tf.acos, atanh: tf.atanh }),
  ],
  'Activation functions': [
    ...operations([real(3, 4)], {
      ...{ relu: tf.relu, relu6: tf.relu6, elu: tf.elu, selu: tf.selu },
      ...{ leakyRelu: (x) => tf.leakyRelu(x), sigmoid: tf.sigmoid, logSigmoid: tf.logSigmoid, softplus: tf.softplus },
      ...{ softmax: (x) => tf.softmax(x), logSoftmax: (x) => tf.logSoftmax(x) },
    }),
    operation('prelu', [real(3, 4), real(1, 4)], (x, alpha) => tf.prelu(x, alpha)),
    operation('softmax of masked scores, by where', [real(2, 4, 4)], (x) => {
      const [row, column] = [tf.reshape(tf.range(0, 4), [4, 1]), tf.reshape(tf.range(0, 4), [1, 4])];
      return tf.softmax(tf.where(tf.greater(column, row), tf.fill(x.shape, -1e9), x));
    }),
    operation('softmax of masked scores, by add', [real(2, 2, 2)], (x) =>
      tf.softmax(
        tf.add(x, [
          [0, -1e9],
          [0, 0],
        ]),
      ),
    ),
  ],
  'Of two numbers, with broadcasting': [
    ...operations([real(3, 4), positive(1, 4)], {
      ...{ add: tf.add, sub: tf.sub, mul: tf.mul, div: tf.div, divNoNan: tf.divNoNan },
      ...{ maximum: tf.maximum, minimum: tf.minimum, squaredDifference: tf.squaredDifference, atan2: tf.atan2 },
      ...{ floorDiv: tf.floorDiv, mod: tf.mod },
    }),
    operation('pow', [positive(3, 4), real(4)], (base, exponent) => tf.pow(base, exponent)),
    operation('addN', [real(3, 4), real(3, 4)], (a, b) => tf.addN([a, b])),
    operation('mul of integers', [indices(7, 5), indices(3, 5)], (a, b) => tf.mul(a, b)),
    operation('floorDiv of integers', [indices(7, 5)], (a) => tf.floorDiv(a, tf.scalar(2, 'int32'))),
  ],
  'Comparison and logic': [
    ...operations([real(3, 4), real(1, 4)], {
      ...{ equal: tf.equal, notEqual: tf.notEqual, greater: tf.greater, greaterEqual: tf.greaterEqual },
      ...{ less: tf.less, lessEqual: tf.lessEqual },
    }),
    ...operations([booleans(3, 4), booleans(3, 4)], {
      ...{ logicalAnd: tf.logicalAnd, logicalOr: tf.logicalOr, logicalXor: tf.logicalXor },
    }),
    ...operations([booleans(3, 4)], { logicalNot: tf.logicalNot }),
    operation('where', [booleans(3, 4), real(3, 4), real(3, 4)], (which, a, b) => tf.where(which, a, b)),
  ],
  'Reductions and scans': [
    ...operations([real(3, 4, 2)], {
      ...{ sum: (x) => tf.sum(x, [0, 2]), mean: (x) => tf.mean(x, 1, true), prod: (x) => tf.prod(x, 1) },
      ...{ max: (x) => tf.max(x, 1), min: (x) => tf.min(x, [0, 1]), logSumExp: (x) => tf.logSumExp(x, 1) },
      'moments, mean': (x) => tf.moments(x, [0, 1]).mean,
      'moments, variance': (x) => tf.moments(x, [0, 1]).variance,
      ...{ cumsum: (x) => tf.cumsum(x, 1), cumprod: (x) => tf.cumprod(x, 1) },
      ...{ argMax: (x) => tf.argMax(x, 1), argMin: (x) => tf.argMin(x, 1) },
      'norm, euclidean': (x) => tf.norm(x, 2, 1),
      'norm, 1': (x) => tf.norm(x, 1, 1),
      'norm, largest': (x) => tf.norm(x, Infinity, 1),
    }),
    ...operations([booleans(3, 4)], { all: (x) => tf.all(x, 1), any: (x) => tf.any(x, 1) }),
    operation('topk, values', [real(3, 6)], (x) => tf.topk(x, 2).values),
    operation('topk, indices', [real(3, 6)], (x) => tf.topk(x, 2).indices),
    operation('unsortedSegmentSum', [real(5, 2), indices(3, 5)], (x, ids) => tf.unsortedSegmentSum(x, ids, 3)),
    operation('bincount', [indices(4, 9)], (x) => tf.bincount(x, tf.tensor1d([]), 4)),
    operation('denseBincount', [indices(4, 9)], (x) => tf.denseBincount(x, tf.tensor1d([]), 4)),
  ],
};
