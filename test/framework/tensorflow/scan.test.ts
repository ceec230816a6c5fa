import { expect } from 'chai';
import { EagerEngine } from '../../../framework/tensorflow/eager-engine';
import type { Engine } from '../../../framework/tensorflow/engine';
import { GraphEngine } from '../../../framework/tensorflow/graph/graph-engine';
import { scan } from '../../../framework/tensorflow/scan';
import * as tf from '../../../framework/tensorflow/tf';
import { expectClose, numbersOf } from '../../support/close';
import { withTensorFlow } from '../../support/tensorflow';

const engines: Readonly<Record<string, () => Engine>> = {
  'op by op': () => new EagerEngine(),
  'in a graph': () => new GraphEngine({}),
  'by XLA': () => new GraphEngine({ xla: true }),
};

for (const [way, engineOf] of Object.entries(engines)) {
  describe(`scan, ${way}`, () => {
    withTensorFlow();

    it('has all states, and gradients by the initial state, the inputs and the constants', async () => {
      const engine = engineOf();
      const program = engine.program('scan', (s0, x, a) => {
        // s_t = a s_{t-1} + x_t
        const states = (): tf.Tensor => scan(s0, x, [a], (s, x, a) => tf.add(tf.mul(a, s), x));
        const { grads } = tf.engine().gradients(() => tf.sum(states()), [s0, x, a]);
        return [states(), ...grads];
      });
      const [states, ...gradients] = await program.run(
        tf.tensor1d([1]),
        tf.tensor2d([5, 7, 9], [3, 1]),
        tf.tensor1d([2]),
      );
      engine.close();
      // s = 2 + 5, 14 + 7, 42 + 9
      expectClose(states!, [7, 21, 51]);
      // L = s1 + s2 + s3; ∂L/∂s3 = 1, ∂L/∂s2 = 1 + 2, ∂L/∂s1 = 1 + 2 · 3 = 7; ∂L/∂a = 7 s0 + 3 s1 + s2 = 7 + 21 + 21
      expect(gradients.map(numbersOf)).to.deep.equal([[14], [7, 3, 1], [49]]);
    });

    it('has the states and gradients of a sequence that is not a whole number of iterations', async () => {
      const [engine, time] = [engineOf(), 35];
      const program = engine.program('scan', (s0, x, a) => {
        const states = (): tf.Tensor => scan(s0, x, [a], (s, x, a) => tf.add(tf.mul(a, s), x));
        const { grads } = tf.engine().gradients(() => tf.sum(states()), [s0, x, a]);
        return [states(), ...grads];
      });
      const ones = tf.ones([time, 1]);
      const [states, ds0, dx, da] = await program.run(tf.tensor1d([0]), ones, tf.tensor1d([0.5]));
      engine.close();
      // s_t = Σ 0.5^i, i from 0 to t - 1; ∂L/∂x_t = Σ 0.5^i, i from 0 to time - t; ∂L/∂s0 = 0.5 ∂L/∂x_1; ∂L/∂a = Σ s_{t-1} ∂L/∂x_t
      const s = Array.from({ length: time + 1 }, (_, t) => 2 - 2 * 0.5 ** t);
      const expected = Array.from({ length: time }, (_, t) => s[time - t]!);
      expectClose(states!, s.slice(1));
      expectClose(dx!, expected);
      expectClose(ds0!, [0.5 * expected[0]!]);
      expectClose(da!, [expected.reduce((sum, dx, t) => sum + s[t]! * dx, 0)], 2e-5);
    });
  });
}
