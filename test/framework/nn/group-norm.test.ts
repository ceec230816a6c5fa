import { expect } from 'chai';
import { UserError } from '../../../framework/errors';
import { GroupNorm } from '../../../framework/nn/group-norm';
import { EagerEngine } from '../../../framework/tensorflow/eager-engine';
import type { Engine } from '../../../framework/tensorflow/engine';
import { canFuse } from '../../../framework/tensorflow/fused';
import { GraphEngine } from '../../../framework/tensorflow/graph/graph-engine';
import * as tf from '../../../framework/tensorflow/tf';
import torch from '../../reference/torch-group-norm.json';
import { expectClose, largestError, numbersOf } from '../../support/close';
import { requireDevice, tensorsKept, withTensorFlow } from '../../support/tensorflow';
import { setWeights } from '../../support/weights';

describe('GroupNorm', () => {
  withTensorFlow();

  it('normalizes each group of neighbouring channels over the whole image', () => {
    const layer = new GroupNorm(2, 4);
    setWeights(layer, { weight: [1, 1, 1, 1], bias: [0, 0, 0, 0] });
    // Two pixels of four channels. The first group holds 1 3 1 3: μ = 2, σ² = 1. The second 10 20 40 50: μ = 30, σ² = 250.
    const y = layer.forward(tf.tensor4d([1, 3, 10, 20, 1, 3, 40, 50], [1, 1, 2, 4]));
    const [one, ten, twenty] = [1 / Math.sqrt(1 + 1e-5), 10 / Math.sqrt(250 + 1e-5), 20 / Math.sqrt(250 + 1e-5)];
    expectClose(y, [-one, one, -twenty, -ten, -one, one, ten, twenty]);
  });

  it('scales and shifts each channel: y = γ x̂ + β', () => {
    const layer = new GroupNorm(1, 2);
    setWeights(layer, { weight: [3, 5], bias: [10, 20] });
    const one = 1 / Math.sqrt(1 + 1e-5);
    expectClose(layer.forward(tf.tensor4d([-1, 1], [1, 1, 1, 2])), [10 - 3 * one, 20 + 5 * one], 1e-5);
  });

  it('normalizes each image by itself', () => {
    const layer = new GroupNorm(1, 2);
    setWeights(layer, { weight: [1, 1], bias: [0, 0] });
    const one = 1 / Math.sqrt(1 + 1e-5);
    const y = layer.forward(tf.tensor4d([0, 2, 1001, 999], [2, 1, 1, 2]));
    // y = x γ/σ + (β - μ γ/σ), as PyTorch computes it too: what is left of 1001 and 1000 has four digits less than float32.
    expectClose(y, [-one, one, one, -one], 1e-4);
  });

  it('returns zero if all values are equal', () => {
    const layer = new GroupNorm(1, 1);
    setWeights(layer, { weight: [1], bias: [0] });
    expectClose(layer.forward(tf.fill([1, 2, 2, 1], 7)), 0);
  });

  it('is precise far from zero', () => {
    const layer = new GroupNorm(1, 1);
    setWeights(layer, { weight: [1], bias: [0] });
    // The mean of squares minus the square of the mean would have none left.
    expectClose(layer.forward(tf.tensor4d([10_000, 10_002], [1, 1, 2, 1])), [-1, 1], 1e-4);
  });

  const forms: Readonly<Record<string, () => Engine>> = {
    'in its fused form, op by op': () => new EagerEngine(),
    'in its fused form, in a graph': () => new GraphEngine({}),
    "of TensorFlow's own operations": () => new GraphEngine({ xla: true }),
  };
  for (const [form, engineOf] of Object.entries(forms)) {
    for (const name of ['plain', 'swish'] as const) {
      it(`has PyTorch's values and gradients, ${name === 'swish' ? 'with Swish, ' : ''}${form}`, async () => {
        const layer = new GroupNorm(3, 6);
        setWeights(layer, { weight: numbers(6, (c) => 1 + 0.2 * c), bias: numbers(6, (c) => 0.5 - 0.3 * c) });
        const engine = engineOf();
        const forward = (x: tf.Tensor4D): tf.Tensor4D => (name === 'swish' ? layer.forwardSwish(x) : layer.forward(x));
        const program = engine.program('norm', (x, dy) => {
          const [weight, bias] = [layer.weight.value, layer.bias.value];
          const loss = (image: tf.Tensor): tf.Scalar => tf.sum(tf.mul(forward(image as tf.Tensor4D), dy));
          const { grads } = tf.engine().gradients(() => loss(x), [x, weight, bias], undefined, true);
          return [forward(x as tf.Tensor4D), ...grads];
        });
        const shape: [number, number, number, number] = [2, 5, 14, 6];
        const x = numbers(840, (i) => 3 + 2 * Math.sin(1.7 * i) + Math.sin(0.01 * i));
        const [y, dx, dgamma, dbeta] = (
          await program.run(
            tf.tensor4d(x, shape),
            tf.tensor4d(
              numbers(840, (i) => Math.cos(0.3 * i)),
              shape,
            ),
          )
        ).map((tensor) => numbersOf(tensor));
        expect(largestError(ends(y!), torch[name].y)).to.be.below(3e-6);
        expect(largestError(ends(dx!), torch[name].dx)).to.be.below(3e-6);
        expect(largestError(dgamma!, torch[name].dgamma)).to.be.below(3e-5);
        expect(largestError(dbeta!, torch[name].dbeta)).to.be.below(3e-5);
        engine.close();
      });
    }
  }

  it('runs as one operation forward if the processor has the fused one', function () {
    requireDevice('cpu', this);
    expect(canFuse()).to.equal(true);
  });

  it('refuses groups that do not divide the channels', () => {
    expect(() => new GroupNorm(32, 48)).to.throw(UserError, '32 groups do not divide 48 channels');
  });

  it('leaks no tensors', async () => {
    const [layer, x] = [new GroupNorm(1, 1), tf.ones<tf.Rank.R4>([1, 2, 2, 1])];
    setWeights(layer, { weight: [1], bias: [0] });
    expect(await tensorsKept(() => layer.forward(x).dispose())).to.equal(0);
  });
});

const numbers = (count: number, valueAt: (index: number) => number): number[] =>
  Array.from({ length: count }, (_, index) => valueAt(index));

/** What the reference keeps of an image. */
const ends = (values: readonly number[]): number[] => [...values.slice(0, 30), ...values.slice(-30)];
