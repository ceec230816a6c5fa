import { expect } from 'chai';
import { ConvTranspose2d } from '../../../framework/nn/conv-transpose2d';
import * as tf from '../../../framework/tensorflow/tf';
import { expectClose } from '../../support/close';
import { tensorsKept, withTensorFlow } from '../../support/tensorflow';
import { setWeights } from '../../support/weights';

const KERNEL = Array.from({ length: 16 }, (_, index) => index);

describe('ConvTranspose2d', () => {
  withTensorFlow();

  it('paints the middle of the kernel for a single pixel', () => {
    const layer = new ConvTranspose2d(1, 1);
    setWeights(layer, { weight: KERNEL, bias: [0.5] });
    // Of rows 0 1 2 3 / 4 5 6 7 / 8 9 10 11 / 12 13 14 15, a padding of 1 cuts the rim off.
    const y = layer.forward(tf.ones([1, 1, 1, 1]));
    expect(y.shape).to.deep.equal([1, 2, 2, 1]);
    expectClose(y, [5.5, 6.5, 9.5, 10.5]);
  });

  it('sums the kernels of neighbours, two pixels apart', () => {
    const layer = new ConvTranspose2d(1, 1);
    setWeights(layer, { weight: KERNEL, bias: [0] });
    // 1 · row 1 of the kernel is 4 5 6 7 over columns -1 ... 2, 10 · the same over columns 1 ... 4; row 2 is 8 9 10 11.
    const y = layer.forward(tf.tensor4d([1, 10], [1, 1, 2, 1]));
    expectClose(y, [5, 6 + 40, 7 + 50, 60, 9, 10 + 80, 11 + 90, 100]);
  });

  it('has a kernel from each input channel to each output channel', () => {
    const layer = new ConvTranspose2d(2, 3);
    // [in, out, height, width]: the kernel from channel i to channel o is 10 i + o everywhere.
    const weight = [0, 1].flatMap((i) => [0, 1, 2].flatMap((o) => KERNEL.map(() => 10 * i + o)));
    setWeights(layer, { weight, bias: [0, 0, 100] });
    // A pixel (3, 2) gives 3 (0 + o) + 2 (10 + o) = 20 + 5 o
    const pixel = [20, 25, 130];
    expectClose(layer.forward(tf.tensor4d([3, 2], [1, 1, 1, 2])), [...pixel, ...pixel, ...pixel, ...pixel]);
  });

  it('leaks no tensors', async () => {
    const [layer, x] = [new ConvTranspose2d(1, 1), tf.ones<tf.Rank.R4>([1, 2, 2, 1])];
    setWeights(layer, { weight: KERNEL, bias: [0] });
    expect(await tensorsKept(() => layer.forward(x).dispose())).to.equal(0);
  });
});
