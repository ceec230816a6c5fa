import { expect } from 'chai';
import { crossEntropy } from '../../../../framework/nn/cross-entropy';
import { addBias, dropout, swish } from '../../../../framework/nn/functional';
import { GroupNorm } from '../../../../framework/nn/group-norm';
import { Random } from '../../../../framework/random/random';
import * as tf from '../../../../framework/tensorflow/tf';
import jax from '../../../reference/jax-second-order.json';
import { numbersOf } from '../../../support/close';
import { ENGINES } from '../../../support/engines';
import { tensorsKept, withTensorFlow } from '../../../support/tensorflow';
import { setWeights } from '../../../support/weights';

type Function = (x: tf.Tensor) => tf.Tensor;

const FUNCTIONS: Readonly<Record<keyof typeof jax.cases, Function>> = {
  tanh: tf.tanh,
  sigmoid: tf.sigmoid,
  exp: tf.exp,
  sqrt: (x) => tf.sqrt(tf.add(tf.square(x), 0.5)),
  rsqrt: (x) => tf.rsqrt(tf.add(tf.square(x), 0.5)),
  relu: (x) => tf.relu(cube(x)),
  leakyRelu: (x) => tf.leakyRelu(cube(x), 0.2),
  elu: tf.elu,
  selu: tf.selu,
  softplus: tf.softplus,
  gelu: (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.div(x, Math.SQRT2)), 1)),
  swish,
  softmax: (x) => tf.softmax(x),
  logSoftmax: (x) => tf.logSoftmax(x),
  maximum: (x) => tf.maximum(tf.square(x), x),
  minimum: (x) => tf.minimum(tf.square(x), x),
  where: (x) => tf.where(tf.greater(x, 0), tf.square(x), tf.mul(x, 0.1)),
  clipByValue: (x) => tf.clipByValue(x, -1, 1),
  max: (x) => tf.max(x, 1),
  matMul: (x) => tf.matMul(x, x),
  attention: (x) => tf.matMul(tf.softmax(tf.matMul(x, x, false, true)), x),
  'layer normalization': (x) => {
    const { mean, variance } = tf.moments(x, -1, true);
    return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5)));
  },
  GroupNorm: (x) => groupNorm().forward(x as tf.Tensor4D),
  'GroupNorm with Swish': (x) => groupNorm().forwardSwish(x as tf.Tensor4D),
  crossEntropy: (x) => crossEntropy(x as tf.Tensor2D, tf.tensor1d([0, 3, 2, 1], 'int32')),
  bias: (x) => addBias(tf.reshape(tf.sin(tf.add(tf.mul(tf.range(0, 16), 0.9), 0.1)), [4, 4]), x),
};

function cube(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.square(x), x);
}

function groupNorm(): GroupNorm {
  const layer = new GroupNorm(2, 4);
  setWeights(layer, { weight: [1, 1.2, 1.4, 1.6], bias: [0.5, 0.2, -0.1, -0.4] });
  return layer;
}

/** x_i = 1.5 sin(1.7 i + 0.3), as the reference has it. */
function inputOf(shape: readonly number[]): tf.Tensor {
  const count = shape.reduce((product, side) => product * side, 1);
  const numbers = Array.from({ length: count }, (_, index) => 1.5 * Math.sin(1.7 * index + 0.3));
  return tf.tensor(numbers, [...shape]);
}

/** The gradient of the sum of squares of the gradient of Σ sin(i + 1) y_i². */
function secondOrder(f: Function): Function {
  const loss: Function = (x) => {
    const y = tf.square(f(x));
    return tf.sum(tf.mul(tf.reshape(y, [-1]), tf.sin(tf.range(1, y.size + 1))));
  };
  const penalty: Function = (x) => tf.sum(tf.square(tf.grad(loss)(x)));
  return tf.grad(penalty);
}

for (const [how, engineOf] of Object.entries(ENGINES)) {
  describe(`second-order gradients ${how}`, () => {
    withTensorFlow();

    const run = async (f: Function, x: tf.Tensor): Promise<number[]> => {
      const engine = engineOf();
      const [y] = await engine.program('step', (x) => [f(x)]).run(x);
      const numbers = numbersOf(y!);
      engine.close();
      return numbers;
    };

    for (const [name, f] of Object.entries(FUNCTIONS)) {
      it(`are JAX's: ${name}`, async () => {
        const { shape, gradient } = jax.cases[name as keyof typeof jax.cases];
        const numbers = await run(secondOrder(f), inputOf(shape));
        expect(numbers).to.have.length(gradient.length);
        const largest = Math.max(...gradient.map(Math.abs));
        // float32 has 7 digits; 4 are left after the cancellation in two derivatives.
        for (const [index, number] of numbers.entries())
          expect(number, `element ${index}`).to.be.closeTo(gradient[index]!, 1e-4 * largest);
      });
    }

    it('pass through dropout: those of y² = (x m)² are 8 Σ w² x m⁴ where m is the mask', async () => {
      const random = Random.fromSeed(3).stream('dropout');
      const drop: Function = (x) => dropout(x, 0.5, random.at(1));
      const mask = numbersOf(drop(tf.ones([16])));
      const x = Array.from(inputOf([16]).dataSync());
      const numbers = await run(secondOrder(drop), inputOf([16]));
      for (const [index, number] of numbers.entries())
        expect(number).to.be.closeTo(8 * Math.sin(index + 1) ** 2 * x[index]! * mask[index]! ** 4, 1e-3);
    });

    it('are refused where TensorFlow.js has none', async () => {
      const pool: Function = (x) => tf.maxPool(tf.reshape<tf.Rank.R4>(x, [1, 4, 4, 1]), 2, 2, 'same');
      const error = await run(secondOrder(pool), inputOf([16])).catch((error: unknown) => error);
      expect(String(error)).to.contain('gradient function not found for MaxPoolGrad');
    });
  });
}

describe('the tape', () => {
  withTensorFlow();

  it('leaks no tensors', async () => {
    const x = inputOf([4, 4]);
    const f: Function = (x) => tf.add(tf.where(tf.greater(x, 0), tf.tanh(x), x), tf.gather(x, tf.argMax(x, 1)));
    expect(await tensorsKept(() => tf.dispose(tf.tidy(() => secondOrder(f)(x))))).to.equal(0);
  });
});
