import { expect } from 'chai';
import { Linear } from '../../../framework/nn/linear';
import * as tf from '../../../framework/tensorflow/tf';
import { expectClose } from '../../support/close';
import { tensorsKept, withTensorFlow } from '../../support/tensorflow';
import { setWeights } from '../../support/weights';

describe('Linear', () => {
  withTensorFlow();

  function linear(): Linear {
    const layer = new Linear(2, 3);
    setWeights(layer, { weight: [1, 2, 3, 4, 5, 6], bias: [0.1, 0.2, 0.3] });
    return layer;
  }

  it('is x Wᵀ + b', () => {
    // (10, 1) · (1, 2) = 12, · (3, 4) = 34, · (5, 6) = 56; (0, -1) · the same = -2, -4, -6
    const y = linear().forward(tf.tensor2d([10, 1, 0, -1], [2, 2]));
    expect(y.shape).to.deep.equal([2, 3]);
    expectClose(y, [12.1, 34.2, 56.3, -1.9, -3.8, -5.7], 1e-5);
  });

  it('leaks no tensors', async () => {
    const [layer, x] = [linear(), tf.tensor2d([1, 2], [1, 2])];
    expect(await tensorsKept(() => layer.forward(x).dispose())).to.equal(0);
  });
});
