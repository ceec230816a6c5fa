import { expect } from 'chai';
import { Linear } from '../../../framework/nn/linear';
import { Module } from '../../../framework/nn/module';
import type { Parameter } from '../../../framework/nn/parameter';
import * as tf from '../../../framework/tensorflow/tf';
import { Adam, AdamSettings } from '../../../plugins/optimizers/adam';
import torch from '../../reference/torch-optimizers.json';
import { largestError } from '../../support/close';
import { settingsOf } from '../../support/settings';
import { tensorsKept, withTensorFlow } from '../../support/tensorflow';
import { setWeights } from '../../support/weights';

/** A layer of three weights. */
class Model extends Module {
  readonly layer = new Linear(3, 1);
}

describe('Adam', () => {
  withTensorFlow();

  let model: Model;
  let weight: Parameter;
  beforeEach(() => {
    model = new Model();
    setWeights(model, { 'layer.weight': torch.first, 'layer.bias': [5] });
    weight = model.layer.weight;
  });
  afterEach(() => model.dispose());

  function adam(settings: Partial<AdamSettings> = {}): Adam {
    const optimizer = new Adam(settingsOf(AdamSettings, settings));
    optimizer.initialize([...model.parameters()].map(([, parameter]) => parameter));
    return optimizer;
  }

  function update(optimizer: Adam, step: number, gradient: readonly number[]): void {
    tf.tidy(() => {
      const gradients = new Map([[weight, tf.tensor2d([...gradient], [1, 3])]]);
      optimizer.apply(gradients, { step: tf.scalar(step), learningRate: tf.scalar(torch.learningRate) });
    });
  }

  const weights = (): number[] => Array.from(weight.value.dataSync());

  const cases: ['default' | 'others', Partial<AdamSettings>][] = [
    ['default', {}],
    ['others', { beta1: 0.5, beta2: 0.9, epsilon: 0.1 }],
  ];
  for (const [name, settings] of cases) {
    it(`changes weights as torch.optim.Adam does, with ${name === 'default' ? 'its defaults' : 'other settings'}`, () => {
      const optimizer = adam(settings);
      for (const [index, gradient] of torch.gradients.entries()) {
        update(optimizer, index + 1, gradient);
        expect(largestError(weights(), torch.weights[name][index]!), `update ${index + 1}`).to.be.below(5e-7);
      }
      optimizer.dispose();
    });
  }

  it('takes a first step of the learning rate, whatever the size of the gradient', () => {
    const optimizer = adam();
    update(optimizer, 1, [1e-3, -1, 1e3]);
    const [first, second, third] = torch.first as [number, number, number];
    expect(largestError(weights(), [first - 0.1, second + 0.1, third - 0.1])).to.be.below(2e-6);
    optimizer.dispose();
  });

  it('can be resumed from its variables alone', () => {
    const [first, second] = [adam(), adam()];
    const gradients = torch.gradients as [number[], number[], number[]];
    update(first, 1, gradients[0]);
    update(first, 2, gradients[1]);
    for (const [index, { variable }] of second.variables.entries()) {
      variable.assign(first.variables[index]!.variable.value);
    }
    const before = weights();
    update(first, 3, gradients[2]);
    const after = weights();
    tf.tidy(() => weight.state.assign(tf.tensor2d(before, [1, 3])));
    update(second, 3, gradients[2]);
    expect(weights()).to.deep.equal(after);
    for (const optimizer of [first, second]) optimizer.dispose();
  });

  it('leaves a parameter without a gradient unchanged', () => {
    const optimizer = adam();
    update(optimizer, 1, [1, 1, 1]);
    expect([...model.layer.bias.value.dataSync()]).to.deep.equal([5]);
    optimizer.dispose();
  });

  it("names its variables like PyTorch's state, each with its parameter", () => {
    const optimizer = adam();
    expect(optimizer.variables.map(({ variable, parameter }) => [variable.name, parameter.name])).to.deep.equal([
      ['layer.weight.exp_avg', 'layer.weight'],
      ['layer.weight.exp_avg_sq', 'layer.weight'],
      ['layer.bias.exp_avg', 'layer.bias'],
      ['layer.bias.exp_avg_sq', 'layer.bias'],
    ]);
    optimizer.dispose();
  });

  it('holds two tensors per parameter, and none after it is disposed', async () => {
    const optimizer = adam();
    // Of the weight alone: the bias has no gradient, and what is not used is not made.
    expect(await tensorsKept(() => update(optimizer, 1, [1, 2, 3]))).to.equal(2);
    expect(await tensorsKept(() => update(optimizer, 2, [1, 2, 3]))).to.equal(0);
    expect(await tensorsKept(() => optimizer.dispose())).to.equal(-2);
  });
});
