import { expect } from 'chai';
import { BatchNorm } from '../../../framework/nn/batch-norm';
import { Conv1d } from '../../../framework/nn/conv1d';
import { GRU } from '../../../framework/nn/gru';
import { LSTM } from '../../../framework/nn/lstm';
import { Embedding } from '../../../framework/nn/embedding';
import { gelu } from '../../../framework/nn/gelu';
import { LayerNorm } from '../../../framework/nn/layer-norm';
import { Linear } from '../../../framework/nn/linear';
import { MultiHeadAttention } from '../../../framework/nn/multi-head-attention';
import { Module } from '../../../framework/nn/module';
import { EagerEngine } from '../../../framework/tensorflow/eager-engine';
import type { Engine } from '../../../framework/tensorflow/engine';
import { GraphEngine } from '../../../framework/tensorflow/graph/graph-engine';
import * as tf from '../../../framework/tensorflow/tf';
import torch from '../../reference/torch-layers.json';
import { largestError, numbersOf } from '../../support/close';
import { tensorsKept, withTensorFlow } from '../../support/tensorflow';
import { fillWeights, torchNumbers } from '../../support/weights';

/** A layer with what it is applied to. */
interface Case {
  readonly layer?: Module;
  readonly inputs: () => tf.Tensor[];
  readonly apply: (...inputs: tf.Tensor[]) => tf.Tensor;
}

class Nothing extends Module {}

const numbers = (shape: readonly number[], valueAt: (index: number) => number): number[] =>
  Array.from({ length: shape.reduce((product, side) => product * side, 1) }, (_, index) => valueAt(index));

/** As in torch_layers.py. */
const example = (shape: number[]): tf.Tensor =>
  tf.tensor(
    numbers(shape, (i) => 2 * Math.sin(1.7 * i) + 0.1),
    shape,
  );

function cases(): Readonly<Record<keyof typeof torch, Case>> {
  const linear = new Linear(4, 3);
  const embedding = new Embedding(4, 3);
  const [norm, batchNorm] = [new LayerNorm(6), new BatchNorm(3)];
  const trained = (...shape: number[]): Case => ({
    layer: batchNorm,
    inputs: () => [example(shape)],
    apply: (x) => batchNorm.forward(x, true),
  });
  const indices = () => [tf.tensor2d([1, 0, 3, 1], [2, 2], 'int32')];
  const [lstm, gru] = [new LSTM(2, 3), new GRU(2, 3)];
  const attention = new MultiHeadAttention(6, 2);
  const [conv1d, strided] = [new Conv1d(2, 3, 3), new Conv1d(2, 3, 3, { stride: 2, padding: 1 })];
  const ignored = () => tf.tensor2d([0, 1, 0, 0, 0, 0], [2, 3], 'bool');
  const bias = () =>
    tf.tensor2d(
      numbers([3, 4], (i) => Math.sin(0.9 * i)),
      [3, 4],
    );
  return {
    Linear: { layer: linear, inputs: () => [example([2, 2, 4])], apply: (x) => linear.forward(x) },
    Embedding: { layer: embedding, inputs: indices, apply: (x) => embedding.forward(x) },
    LayerNorm: { layer: norm, inputs: () => [example([2, 3, 6])], apply: (x) => norm.forward(x) },
    'BatchNorm of [n, c] in training': trained(5, 3),
    'BatchNorm of [n, l, c] in training': trained(2, 4, 3),
    'BatchNorm of [n, h, w, c] in training': trained(2, 2, 3, 3),
    'BatchNorm of [n, h, w, c] in evaluation': {
      layer: batchNorm,
      inputs: () => [example([2, 2, 3, 3])],
      apply: (x) => batchNorm.forward(x, false),
    },
    gelu: { inputs: () => [example([12])], apply: (x) => gelu(x) },
    'gelu tanh': { inputs: () => [example([12])], apply: (x) => gelu(x, 'tanh') },
    'self-attention': {
      layer: attention,
      inputs: () => [example([2, 3, 6]), ignored()],
      apply: (x, mask) => attention.forward(x as tf.Tensor3D, undefined, { keyPaddingMask: mask as tf.Tensor2D }),
    },
    'causal attention': {
      layer: attention,
      inputs: () => [example([2, 3, 6]), ignored()],
      apply: (x, mask) =>
        attention.forward(x as tf.Tensor3D, undefined, { causal: true, keyPaddingMask: mask as tf.Tensor2D }),
    },
    'cross-attention': {
      layer: attention,
      inputs: () => [example([2, 3, 6]), example([2, 4, 6])],
      apply: (x, y) => tf.tidy(() => attention.forward(x as tf.Tensor3D, y as tf.Tensor3D, { bias: bias() })),
    },
    LSTM: {
      layer: lstm,
      inputs: () => [example([2, 35, 2])],
      apply: (x) => tf.tidy(() => lstm.forward(x as tf.Tensor3D).output),
    },
    GRU: { layer: gru, inputs: () => [example([2, 35, 2])], apply: (x) => gru.forward(x as tf.Tensor3D) },
    Conv1d: { layer: conv1d, inputs: () => [example([2, 6, 2])], apply: (x) => conv1d.forward(x as tf.Tensor3D) },
    'Conv1d with stride and padding': {
      layer: strided,
      inputs: () => [example([2, 6, 2])],
      apply: (x) => strided.forward(x as tf.Tensor3D),
    },
  };
}

/** Running statistics of batch normalization. */
const buffersOf = (expected: object) => ('buffers' in expected ? (expected.buffers as number[][]) : []);

function setBuffers(layer: Module, buffers: readonly number[][]): void {
  for (const [index, [, buffer]] of [...layer.buffers()].entries())
    tf.tidy(() => buffer.state.assign(tf.tensor(buffers[index]!)));
}

/** The output, and the gradients of Σ y cos(0.3 i) by the inputs and the parameters. */
async function results(
  engine: Engine,
  { layer = new Nothing(), inputs, apply }: Case,
  buffers: readonly number[][] = [],
): Promise<number[][]> {
  fillWeights(layer, (_, shape, position) => numbers(shape, (i) => 0.5 * Math.sin(1.3 * i + position)));
  setBuffers(layer, buffers);
  const parameters = [...layer.parameters()].map(([, parameter]) => parameter);
  const program = engine.program('layer', (...xs) => {
    const loss = (): tf.Scalar => {
      const y = apply(...xs);
      const dy = numbers(y.shape, (i) => Math.cos(0.3 * i));
      return tf.sum(tf.mul(y, tf.tensor(dy, y.shape)));
    };
    const differentiated = xs.filter(({ dtype }) => dtype === 'float32');
    const { grads } = tf.engine().gradients(loss, [...differentiated, ...parameters.map(({ value }) => value)]);
    return [apply(...xs), ...grads];
  });
  const [y, ...gradients] = await program.run(...inputs());
  engine.close();
  const byInput = gradients.splice(0, gradients.length - parameters.length).map(numbersOf);
  const byParameter = gradients.map((gradient, index) => torchNumbers(parameters[index]!, gradient));
  layer.dispose();
  return [numbersOf(y!), ...byInput, ...byParameter];
}

describe("PyTorch's values and gradients:", () => {
  withTensorFlow();

  const engines: Readonly<Record<string, () => Engine>> = {
    'op by op': () => new EagerEngine(),
    'in a graph': () => new GraphEngine({}),
    'by XLA': () => new GraphEngine({ xla: true }),
  };
  for (const name of Object.keys(torch) as (keyof typeof torch)[]) {
    for (const [way, engineOf] of Object.entries(engines)) {
      it(`${name}, ${way}`, async () => {
        const [y, ...gradients] = await results(engineOf(), cases()[name], buffersOf(torch[name]));
        expect(largestError(y!, torch[name].y)).to.be.below(5e-6);
        expect(gradients).to.have.length(torch[name].gradients.length);
        for (const [index, gradient] of gradients.entries()) {
          expect(largestError(gradient, torch[name].gradients[index]!), `gradient ${index}`).to.be.below(2e-5);
        }
      });
    }

    it(`${name} leaks no tensors`, async () => {
      const { layer = new Nothing(), inputs, apply } = cases()[name];
      fillWeights(layer, (_, shape) => numbers(shape, () => 1));
      setBuffers(layer, buffersOf(torch[name]));
      const xs = inputs();
      const kept = await tensorsKept(() => apply(...xs).dispose());
      expect(kept).to.equal(0);
      layer.dispose();
    });
  }
});
