import * as tf from '../../../framework/tensorflow/tf';
import { type Groups, indices, operation, operations, real } from './operation';

const rows = () => tf.tensor2d([0, 2, 4], [3, 1], 'int32');

export const ARRAYS: Groups = {
  Shapes: [
    ...operations([real(2, 3, 4)], {
      ...{
        'clone, of a result': (x) => tf.clone(tf.neg(x)),
        reshape: (x) => tf.reshape(x, [4, 6]),
        transpose: (x) => tf.transpose(x, [2, 0, 1]),
      },
      ...{ expandDims: (x) => tf.expandDims(x, 1), squeeze: (x) => tf.squeeze(tf.expandDims(x, 1)) },
      ...{ reverse: (x) => tf.reverse(x, 1), tile: (x) => tf.tile(x, [2, 1, 3]) },
      broadcastTo: (x) => tf.broadcastTo(x, [5, 2, 3, 4]),
      pad: (x) =>
        tf.pad(x, [
          [1, 2],
          [0, 1],
          [0, 0],
        ]),
      'mirrorPad, reflect': (x) =>
        tf.mirrorPad(
          x,
          [
            [1, 1],
            [1, 1],
            [0, 0],
          ],
          'reflect',
        ),
    }),
    operation('broadcastTo along an axis', [real(1, 3)], (x) => tf.broadcastTo(x, [4, 3])),
    operation('batchToSpaceND', [real(4, 2, 2, 1)], (x) =>
      tf.batchToSpaceND(
        x,
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
    ),
    operation('spaceToBatchND', [real(1, 4, 4, 1)], (x) =>
      tf.spaceToBatchND(
        x,
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
    ),
    operation('depthToSpace', [real(1, 2, 2, 4)], (x) => tf.depthToSpace(x, 2)),
  ],
  'Joining and cutting': [
    operation('concat', [real(3, 2), real(3, 4)], (a, b) => tf.concat([a, b], 1)),
    operation('stack', [real(3, 2), real(3, 2)], (a, b) => tf.stack([a, b], 1)),
    ...operations([real(4, 6)], {
      unstack: (x) => tf.unstack(x, 1)[1]!,
      split: (x) => tf.split(x, [2, 4], 1)[1]!,
      slice: (x) => tf.slice(x, [1, 2], [2, 3]),
      stridedSlice: (x) => tf.stridedSlice(x, [0, 1], [4, 6], [2, 2]),
    }),
    operation('meshgrid', [real(3), real(4)], (x, y) => tf.addN(tf.meshgrid(x, y))),
  ],
  Indexing: [
    operation('gather', [real(7, 5), indices(7, 2, 3)], (x, which) => tf.gather(x, which)),
    operation('gather along an axis', [real(3, 7), indices(7, 4)], (x, which) => tf.gather(x, which, 1)),
    operation('gather with batchDims', [real(3, 7), indices(7, 3, 2)], (x, which) => tf.gather(x, which, 1, 1)),
    operation('gatherND', [real(3, 7)], (x) => tf.gatherND(x, tf.tensor2d([0, 1, 2, 5], [2, 2], 'int32'))),
    operation('scatterND', [real(3, 2)], (updates) => tf.scatterND(rows(), updates, [6, 2])),
    operation('tensorScatterUpdate', [real(6, 2), real(3, 2)], (x, updates) =>
      tf.tensorScatterUpdate(x, rows(), updates),
    ),
    operation('sparseToDense', [real(3)], (x) => tf.sparseToDense(tf.tensor1d([0, 2, 4], 'int32'), x, [6])),
    operation('oneHot', [indices(5, 4)], (which) => tf.oneHot(which, 5)),
    operation('searchSorted', [real(4)], (x) => tf.searchSorted([0, 1, 2, 3], x)),
    operation(
      'raggedRange',
      [indices(3, 2)],
      (limits) => tf.raggedRange(tf.scalar(0, 'int32'), limits, tf.scalar(1, 'int32'))['rtDenseValues']!,
    ),
  ],
  Constants: [
    operation('zerosLike', [real(3, 4)], (x) => tf.zerosLike(x)),
    operation('onesLike', [real(3, 4)], (x) => tf.onesLike(x)),
    operation('eye', [real(3, 3)], (x) => tf.mul(tf.eye(3), x)),
    operation('fill', [real(3, 3)], (x) => tf.mul(tf.fill([3, 3], 2), x)),
    operation('linspace', [real(3, 3)], (x) => tf.mul(tf.linspace(0, 1, 3), x)),
    operation('range', [real(3, 3)], (x) => tf.mul(tf.range(0, 3), x)),
    operation('buffer', [real(2, 2)], (x) =>
      tf.mul(tf.buffer([2, 2], 'float32', new Float32Array([1, 2, 3, 4])).toTensor(), x),
    ),
  ],
};
