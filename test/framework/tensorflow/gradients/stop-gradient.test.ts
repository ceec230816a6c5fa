import { expect } from 'chai';
import { stopGradient } from '../../../../framework/tensorflow/gradients/stop-gradient';
import * as tf from '../../../../framework/tensorflow/tf';
import { ENGINES } from '../../../support/engines';
import { tensorsKept, withTensorFlow } from '../../../support/tensorflow';

for (const [how, engineOf] of Object.entries(ENGINES)) {
  describe(`stopGradient ${how}`, () => {
    withTensorFlow();

    const run = async (f: (x: tf.Tensor) => tf.Tensor, ...x: number[]): Promise<number[]> => {
      const engine = engineOf();
      const [y] = await engine.program('step', (x) => [f(x)]).run(tf.tensor1d(x));
      engine.close();
      return Array.from(y!.dataSync());
    };

    it('keeps the value', async () => {
      expect(await run((x) => tf.mul(stopGradient(x), 1), 2, 3)).to.deep.equal([2, 3]);
    });

    it('makes a constant: d/dx x² stop(x²) = 2x³', async () => {
      const f = (x: tf.Tensor): tf.Tensor => tf.mul(tf.square(x), stopGradient(tf.square(x)));
      expect(await run(tf.grad(f), 2, 3)).to.deep.equal([16, 54]);
    });

    it('makes a constant of a gradient: d/dx x stop(d/dx x³) = 3x²', async () => {
      const slope = tf.grad((x) => tf.mul(tf.square(x), x));
      expect(
        await run(
          tf.grad((x) => tf.mul(x, stopGradient(slope(x)))),
          2,
          3,
        ),
      ).to.deep.equal([12, 27]);
    });

    it('does not pass on an infinite slope as NaN, which a gradient of zeros would', async () => {
      expect(
        await run(
          tf.grad((x) => tf.add(x, stopGradient(tf.sqrt(x)))),
          0,
        ),
      ).to.deep.equal([1]);
    });
  });
}

describe('stopGradient', () => {
  withTensorFlow();

  it('leaks no tensors', async () => {
    const x = tf.tensor1d([1, 2]);
    const once = (): void => tf.dispose(tf.grad((x) => tf.mul(x, stopGradient(x)))(x));
    expect(await tensorsKept(once)).to.equal(0);
  });
});
