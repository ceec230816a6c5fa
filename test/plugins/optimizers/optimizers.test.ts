import { expect } from 'chai';
import type { Optimizer } from '../../../framework/kinds/optimizer';
import { Linear } from '../../../framework/nn/linear';
import type { Engine } from '../../../framework/tensorflow/engine';
import * as tf from '../../../framework/tensorflow/tf';
import { Adam, AdamSettings, AdamW, AdamWSettings } from '../../../plugins/optimizers/adam';
import { SGD, SGDSettings } from '../../../plugins/optimizers/sgd';
import torch from '../../reference/torch-optimizers.json';
import { largestError } from '../../support/close';
import { ENGINES } from '../../support/engines';
import { settingsOf } from '../../support/settings';
import { withTensorFlow } from '../../support/tensorflow';
import { setWeights, weightsIn } from '../../support/weights';

/** Every optimizer, by the name of its frozen results. */
const CASES: Readonly<Record<keyof typeof torch.weights, () => Optimizer>> = {
  default: () => new Adam(settingsOf(AdamSettings)),
  others: () => new Adam(settingsOf(AdamSettings, { beta1: 0.5, beta2: 0.9, epsilon: 0.1 })),
  AdamW: () => new AdamW(settingsOf(AdamWSettings, { weightDecay: 0.1 })),
  SGD: () => new SGD(settingsOf(SGDSettings, { momentum: 0 })),
  momentum: () => new SGD(settingsOf(SGDSettings)),
  nesterov: () => new SGD(settingsOf(SGDSettings, { nesterov: true })),
};

for (const [how, makeEngine] of Object.entries(ENGINES)) {
  describe(`an optimizer that is run ${how}`, () => {
    withTensorFlow();
    let engine: Engine;
    beforeEach(() => {
      engine = makeEngine();
    });
    afterEach(() => engine.close());

    for (const [name, make] of Object.entries(CASES)) {
      it(`changes weights as PyTorch's does (${name})`, async () => {
        const layer = new Linear(3, 1);
        setWeights(layer, { weight: torch.first, bias: [5] });
        const optimizer = make();
        optimizer.initialize([layer.weight, layer.bias]);
        const update = engine.program('update', (gradient, step, learningRate) => {
          optimizer.apply(new Map([[layer.weight, gradient]]), {
            step: step as tf.Scalar,
            learningRate: learningRate as tf.Scalar,
          });
          return [];
        });
        for (const [index, gradient] of torch.gradients.entries()) {
          await update.run(tf.tensor2d(gradient, [1, 3]), tf.scalar(index + 1), tf.scalar(torch.learningRate));
          const weights = (await weightsIn(engine, layer)).get('weight')!;
          const wanted = torch.weights[name as keyof typeof torch.weights][index]!;
          // A step is 0.1 long; TensorFlow's fused operation keeps five digits of it.
          expect(largestError(weights, wanted), `update ${index + 1}`).to.be.below(2e-6);
        }
      });
    }
  });
}
