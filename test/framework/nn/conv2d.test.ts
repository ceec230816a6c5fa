import { expect } from 'chai';
import { Conv2d, convolveByProduct } from '../../../framework/nn/conv2d';
import { Random } from '../../../framework/random/random';
import * as tf from '../../../framework/tensorflow/tf';
import { expectClose, largestError, numbersOf } from '../../support/close';
import { tensorsKept, withTensorFlow } from '../../support/tensorflow';
import { setWeights } from '../../support/weights';

const ONES = Array.from({ length: 9 }, () => 1);

describe('Conv2d', () => {
  withTensorFlow();

  it('multiplies without flipping the kernel, as PyTorch does', () => {
    const layer = new Conv2d(1, 1, 2);
    setWeights(layer, { weight: [1, 2, 3, 4], bias: [0.5] });
    // Of 1 2 3 / 4 5 6: 1·1 + 2·2 + 3·4 + 4·5 = 37, and 1·2 + 2·3 + 3·5 + 4·6 = 47
    expectClose(layer.forward(tf.tensor4d([1, 2, 3, 4, 5, 6], [1, 2, 3, 1])), [37.5, 47.5]);
  });

  it('sums over the input channels and has a kernel for each output channel', () => {
    const layer = new Conv2d(2, 2, 1);
    // [out, in]: the first output is x₀ + 2 x₁, the second 3 x₀ + 4 x₁
    setWeights(layer, { weight: [1, 2, 3, 4], bias: [0, 100] });
    expectClose(layer.forward(tf.tensor4d([5, 7, 1, 0], [1, 1, 2, 2])), [19, 143, 1, 103]);
  });

  it('keeps the size if the padding matches the kernel', () => {
    const layer = new Conv2d(1, 1, 3, { padding: 1 });
    setWeights(layer, { weight: ONES, bias: [0] });
    // Of the nine pixels under the kernel, the corners have four in the image, the sides six.
    const y = layer.forward(tf.ones([1, 3, 3, 1]));
    expect(y.shape).to.deep.equal([1, 3, 3, 1]);
    expectClose(y, [4, 6, 4, 6, 9, 6, 4, 6, 4]);
  });

  it('pads the upper left side with a stride, unlike TensorFlow', () => {
    const layer = new Conv2d(1, 1, 3, { stride: 2, padding: 1 });
    setWeights(layer, { weight: ONES, bias: [0] });
    // The kernels stand at rows and columns -1 ... 1 and 1 ... 3 of four.
    expectClose(layer.forward(tf.ones([1, 4, 4, 1])), [4, 6, 6, 9]);
  });

  it('pads by the given size, also if the kernel needs a different one', () => {
    const layer = new Conv2d(1, 1, 1, { padding: 1 });
    setWeights(layer, { weight: [2], bias: [1] });
    expectClose(layer.forward(tf.ones([1, 1, 1, 1])), [1, 1, 1, 1, 3, 1, 1, 1, 1]);
  });

  it('rounds an odd size up when it halves it', () => {
    const layer = new Conv2d(1, 1, 3, { stride: 2, padding: 1 });
    setWeights(layer, { weight: ONES, bias: [0] });
    expectClose(layer.forward(tf.ones([1, 3, 3, 1])), [4, 4, 4, 4]);
  });

  it('has the same values and gradients as a matrix product, which computes it for few pixels and a large kernel', () => {
    const random = Random.fromSeed(1);
    const x = random.stream('x').normal<tf.Rank.R4>([2, 3, 4, 5]);
    const kernel = random.stream('kernel').normal<tf.Rank.R4>([3, 3, 5, 7]);
    const ways = [convolveByProduct, (x: tf.Tensor4D, kernel: tf.Tensor4D) => tf.conv2d(x, kernel, 1, 'same')];
    const [product, convolution] = ways.map((way) => {
      const gradients = tf.grads((x, kernel) => tf.sum(tf.square(way(x as tf.Tensor4D, kernel as tf.Tensor4D))));
      return [way(x, kernel), ...gradients([x, kernel])].map((tensor) => numbersOf(tensor));
    });
    for (const [index, numbers] of product!.entries()) {
      expect(largestError(numbers, convolution![index]!)).to.be.below(2e-3);
      expect(numbers).to.have.length([168, 120, 315][index]!);
    }
  });

  it('leaks no tensors', async () => {
    const [layer, x] = [new Conv2d(1, 1, 3, { stride: 2, padding: 1 }), tf.ones<tf.Rank.R4>([1, 4, 4, 1])];
    setWeights(layer, { weight: ONES, bias: [0] });
    expect(await tensorsKept(() => layer.forward(x).dispose())).to.equal(0);
  });
});
