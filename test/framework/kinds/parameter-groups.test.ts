import { expect } from 'chai';
import { TrainingStep } from '../../../framework/experiment/training/training-step';
import type { Optimizer } from '../../../framework/kinds/optimizer';
import type { OptimizerSettings } from '../../../framework/kinds/parameter-groups';
import { Linear } from '../../../framework/nn/linear';
import { Module } from '../../../framework/nn/module';
import { Random } from '../../../framework/random/random';
import type { Engine } from '../../../framework/tensorflow/engine';
import * as tf from '../../../framework/tensorflow/tf';
import { AdamW, AdamWSettings } from '../../../plugins/optimizers/adam';
import { SGD, SGDSettings } from '../../../plugins/optimizers/sgd';
import torch from '../../reference/torch-optimizers.json';
import { largestError } from '../../support/close';
import { ENGINES } from '../../support/engines';
import { settingsOf } from '../../support/settings';
import { withTensorFlow } from '../../support/tensorflow';
import { setWeights, weightsIn } from '../../support/weights';

type Groups = OptimizerSettings['groups'];

/** Two layers; the bias of the body is tied to another name. */
class Model extends Module {
  readonly body = new Linear(3, 1);
  readonly head = new Linear(1, 1);
  readonly tied = this.body.bias;
}

const adamW = (groups: Groups) => new AdamW(settingsOf(AdamWSettings, { groups, weightDecay: 0.1 }));
const sgd = (groups: Groups) => new SGD(settingsOf(SGDSettings, { groups }));

/** A model, and its updates by the gradients of the reference. */
function training(engine: Engine, optimizer: Optimizer) {
  const model = new Model();
  setWeights(model, torch.groups.first);
  // The gradient of Σ θ g is g: all three for the weights of the body, the first for each of the others.
  const loss = ([gradients]: [tf.Tensor1D]) =>
    tf.tidy(() => {
      const products = [...model.parameters()].map(([, { value }]) =>
        tf.sum(tf.mul(tf.reshape(value, [-1]), tf.slice(gradients, 0, value.size))),
      );
      return tf.addN<tf.Scalar>(products as tf.Scalar[]);
    });
  const step = new TrainingStep({ engine, model, optimizer, loss, random: Random.fromSeed(1) });
  const update = (index: number) =>
    step.run([tf.tensor1d(torch.gradients[index]!)], { step: index + 1, learningRate: torch.learningRate });
  return { model, update };
}

for (const [how, makeEngine] of Object.entries(ENGINES)) {
  describe(`groups of parameters that are updated ${how}`, () => {
    withTensorFlow();
    let engine: Engine;
    beforeEach(() => {
      engine = makeEngine();
    });
    afterEach(() => engine.close());

    const cases: ['AdamW' | 'momentum', Optimizer][] = [
      ['AdamW', adamW({ '*bias': { decay: 0 }, 'head.*': { rate: 10 } })],
      ['momentum', sgd({ 'head.*': { rate: 10 } })],
    ];
    for (const [name, optimizer] of cases) {
      it(`have learning rates and weight decays as PyTorch's parameter groups do (${name})`, async () => {
        const { model, update } = training(engine, optimizer);
        for (const [index, wanted] of torch.groups[name].entries()) {
          await update(index);
          const weights = await weightsIn(engine, model);
          for (const [parameter, numbers] of Object.entries(wanted))
            // A step of the head is 1 long; TensorFlow's fused operation keeps five digits of it.
            expect(largestError(weights.get(parameter)!, numbers), `${parameter}, ${index + 1}`).to.be.below(1e-5);
        }
      });
    }

    it('keep their bits if they are frozen, and take no state', async () => {
      const optimizer = adamW({ '*': { frozen: true }, 'head.*': { frozen: false } });
      const { model, update } = training(engine, optimizer);
      const { gradientNorm } = await update(0);
      const weights = await weightsIn(engine, model);
      expect(weights.get('body.weight')).to.deep.equal(torch.groups.first['body.weight']);
      expect(weights.get('body.bias')).to.deep.equal([5]);
      expect(weights.get('head.bias')).not.to.deep.equal([2]);
      expect(optimizer.variables.map(({ variable }) => variable.name)).to.deep.equal([
        'head.weight.exp_avg',
        'head.weight.exp_avg_sq',
        'head.bias.exp_avg',
        'head.bias.exp_avg_sq',
      ]);
      // They have no gradients: √(0.3² + 0.3²)
      expect(gradientNorm).to.be.closeTo(0.424264, 1e-6);
    });
  });
}

describe('the patterns of groups of parameters', () => {
  withTensorFlow();

  function prepare(optimizer: Optimizer): string[] {
    const model = new Model();
    setWeights(model, torch.groups.first);
    return optimizer.prepare([...model.parameters()].map(([, parameter]) => parameter)).map(({ name }) => name);
  }

  it('match whole names, a parameter with two names by its first', () => {
    expect(prepare(sgd({ 'body.?ias': { frozen: true } }))).to.deep.equal(['body.weight', 'head.weight', 'head.bias']);
    expect(() => prepare(sgd({ tied: { frozen: true } }))).to.throw(
      'Optimizer SGD: groups: "tied" matches no parameter.',
    );
    expect(() => prepare(sgd({ bias: { frozen: true } }))).to.throw('"bias" matches no parameter');
  });

  it('are refused with the nearest names if they match nothing', () => {
    const hints = (groups: Groups) => {
      try {
        return prepare(sgd(groups));
      } catch (error) {
        return (error as { hints: readonly string[] }).hints;
      }
    };
    expect(hints({ 'head.wieght': { rate: 2 } })[0]).to.match(/^Did you mean head\.weight\?/);
    expect(hints({ 'haed.*': { rate: 2 } })[0]).to.match(/^Did you mean head\.\*\?/);
    expect(hints({ '*bia': { rate: 2 } })[0]).to.match(/^Did you mean \*bias\?/);
  });

  it('must leave something to train', () => {
    expect(() => prepare(sgd({ '*': { frozen: true } }))).to.throw('all parameters are frozen');
  });

  it('cannot set the weight decay of an optimizer that has none', () => {
    expect(() => prepare(sgd({ '*bias': { decay: 0 } }))).to.throw('Optimizer SGD: groups: it has no weight decay');
  });
});
