import { expect } from 'chai';
import * as tf from '../../../framework/tensorflow/tf';
import { Conv2d } from '../../../framework/nn/conv2d';
import { ConvTranspose2d } from '../../../framework/nn/conv-transpose2d';
import { crossEntropy } from '../../../framework/nn/cross-entropy';
import { dropout, swish } from '../../../framework/nn/functional';
import { gradientsOf } from '../../../framework/nn/gradients';
import { GroupNorm } from '../../../framework/nn/group-norm';
import { Linear } from '../../../framework/nn/linear';
import { Module } from '../../../framework/nn/module';
import { Random } from '../../../framework/random/random';
import { EagerEngine } from '../../../framework/tensorflow/eager-engine';
import type { Engine } from '../../../framework/tensorflow/engine';
import { GraphEngine } from '../../../framework/tensorflow/graph/graph-engine';
import { AttentionBlock } from '../../../plugins/diffusion/models/unet/attention-block';
import { ResidualBlock } from '../../../plugins/diffusion/models/unet/residual-block';
import { TimeEmbedding } from '../../../plugins/diffusion/models/unet/time-embedding';
import { numbersOf } from '../../support/close';
import { withTensorFlow } from '../../support/tensorflow';

/** A layer with what it is applied to. */
interface Case {
  readonly layer?: Module;
  readonly shape: readonly number[];
  readonly apply: (x: tf.Tensor, random: Random) => tf.Tensor;
}

class Nothing extends Module {}

const BLOCK = { timeChannels: 4, groups: 2, scaleShift: false, dropout: 0.3 };
const ATTENTION = { groups: 2, heads: 1, headSize: undefined };

function cases(): Readonly<Record<string, Case>> {
  const image = [2, 4, 4, 6];
  const linear = new Linear(6, 5);
  const convolution = new Conv2d(6, 5, 3, { padding: 1 });
  const halving = new Conv2d(6, 5, 3, { stride: 2, padding: 1 });
  // 9 · 512 · 512 weights to 2 pixels: as one product.
  const large = new Conv2d(512, 512, 3, { padding: 1 });
  const doubling = new ConvTranspose2d(6, 5);
  const norm = new GroupNorm(3, 6);
  const [attention, heads] = [new AttentionBlock(6, ATTENTION), new AttentionBlock(6, { ...ATTENTION, heads: 3 })];
  const [residual, scaled] = [false, true].map((scaleShift) => new ResidualBlock(6, 8, { ...BLOCK, scaleShift })) as [
    ResidualBlock,
    ResidualBlock,
  ];
  const time = new TimeEmbedding(16);
  const as4D = (x: tf.Tensor): tf.Tensor4D => x as tf.Tensor4D;
  return {
    Linear: { layer: linear, shape: [3, 6], apply: (x) => linear.forward(x as tf.Tensor2D) },
    Conv2d: { layer: convolution, shape: image, apply: (x) => convolution.forward(as4D(x)) },
    'Conv2d with a stride': { layer: halving, shape: image, apply: (x) => halving.forward(as4D(x)) },
    'Conv2d with a large kernel': { layer: large, shape: [1, 1, 2, 512], apply: (x) => large.forward(as4D(x)) },
    ConvTranspose2d: { layer: doubling, shape: image, apply: (x) => doubling.forward(as4D(x)) },
    GroupNorm: { layer: norm, shape: image, apply: (x) => norm.forward(as4D(x)) },
    'GroupNorm with Swish': { layer: norm, shape: image, apply: (x) => norm.forwardSwish(as4D(x)) },
    swish: { shape: [7], apply: (x) => swish(x) },
    dropout: { shape: [100], apply: (x, random) => dropout(x, 0.3, random) },
    crossEntropy: { shape: [4, 3], apply: (x) => crossEntropy(x as tf.Tensor2D, tf.tensor1d([0, 2, 1, 1], 'int32')) },
    'attention block': { layer: attention, shape: image, apply: (x) => attention.forward(as4D(x)) },
    'attention block with three heads': { layer: heads, shape: image, apply: (x) => heads.forward(as4D(x)) },
    'residual block scaled and shifted': {
      layer: scaled,
      shape: image,
      apply: (x, random) => scaled.forward(as4D(x), tf.ones([2, 4]), random),
    },
    'residual block': {
      layer: residual,
      shape: image,
      apply: (x, random) => residual.forward(as4D(x), tf.ones([2, 4]), random),
    },
    'time embedding': {
      layer: time,
      shape: [3],
      apply: (x) => time.forward(tf.cast<tf.Tensor1D>(x.mul(100), 'int32')).add(x.sum()),
    },
  };
}

const largestOf = (numbers: readonly number[]): number =>
  numbers.reduce((largest, number) => Math.max(largest, Math.abs(number)), 0);

function distance(actual: readonly number[], expected: readonly number[]): number {
  expect(actual).to.have.length(expected.length);
  return largestOf(actual.map((number, index) => number - expected[index]!));
}

/** Output, and gradients by the input and by every parameter, of the sum of squares. */
async function results(engine: Engine, { layer = new Nothing(), shape, apply }: Case): Promise<number[][]> {
  layer.initialize(Random.fromSeed(1).stream('layer'));
  const random = Random.fromSeed(2).stream('dropout');
  const parameters = [...layer.parameters()].map(([, parameter]) => parameter);
  const program = engine.program('layer', (x) => {
    const loss = (input: tf.Tensor): tf.Scalar => tf.sum(tf.square(apply(input, random.at(3))));
    const gradients = parameters.length === 0 ? [] : gradientsOf(() => loss(x), parameters).gradients.values();
    return [apply(x, random.at(3)), tf.grad(loss)(x), ...gradients];
  });
  const x = Random.fromSeed(3).normal([...shape] as [number]);
  const all = (await program.run(x)).map((tensor) => numbersOf(tensor));
  engine.close();
  layer.dispose();
  return all;
}

describe('in a graph as in eager mode, with gradients:', () => {
  withTensorFlow();

  for (const name of Object.keys(cases())) {
    it(name, async () => {
      const eager = await results(new EagerEngine(), cases()[name]!);
      for (const engine of [new GraphEngine({}), new GraphEngine({ xla: true })]) {
        const compiled = await results(engine, cases()[name]!);
        expect(compiled).to.have.length(eager.length);
        for (const [index, numbers] of compiled.entries()) {
          const scale = Math.max(1, largestOf(eager[index]!));
          expect(distance(numbers, eager[index]!) / scale, `result ${index}`).to.be.below(5e-6);
        }
        expect(largestOf(compiled[1]!), 'a gradient').to.be.greaterThan(0);
      }
    });
  }
});
