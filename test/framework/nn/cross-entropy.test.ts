import { expect } from 'chai';
import { crossEntropy } from '../../../framework/nn/cross-entropy';
import * as tf from '../../../framework/tensorflow/tf';
import { ENGINES } from '../../support/engines';
import { expectClose } from '../../support/close';
import { tensorsKept, withTensorFlow } from '../../support/tensorflow';

describe('cross-entropy', () => {
  withTensorFlow();

  const logits = () => tf.tensor2d([1, 2, 3, 1000, 0, 0], [2, 3]);
  const labels = () => tf.tensor1d([1, 0], 'int32');

  for (const [how, make] of Object.entries(ENGINES)) {
    it(`is -log softmax at the label, ${how}`, async () => {
      const engine = make();
      const program = engine.program('loss', (x, y) => [crossEntropy(x as tf.Tensor2D, y as tf.Tensor1D)]);
      const [loss] = await program.run(logits(), labels());
      // log(e + e² + e³) - 2 = 1.407606; a logit of 1000 is certain, and overflows nothing
      expectClose(loss!, [1.407606, 0]);
      engine.close();
    });
  }

  it('has the gradient softmax - 1 at the label', () => {
    const gradient = tf.grad((x: tf.Tensor) => crossEntropy(x as tf.Tensor2D, labels()).sum())(logits());
    // softmax(1, 2, 3) = 0.090031, 0.244728, 0.665241
    expectClose(gradient, [0.090031, 0.244728 - 1, 0.665241, 0, 0, 0]);
  });

  it('leaks no tensors', async () => {
    const [x, y] = [logits(), labels()];
    expect(await tensorsKept(() => crossEntropy(x, y).dispose())).to.equal(0);
  });
});
