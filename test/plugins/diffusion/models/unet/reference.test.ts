import { createHash } from 'node:crypto';
import { expect } from 'chai';
import * as tf from '../../../../../framework/tensorflow/tf';
import labml from '../../../../reference/labml-unet.json';
import { Random } from '../../../../../framework/random/random';
import type { Engine } from '../../../../../framework/tensorflow/engine';
import { UNet, UNetSettings } from '../../../../../plugins/diffusion/models/unet';
import { Adam, AdamSettings } from '../../../../../plugins/optimizers/adam';
import { AsLabml } from '../../../../support/as-labml';
import { numbersOf } from '../../../../support/close';
import { ENGINES } from '../../../../support/engines';
import { LabmlNetwork, type Variant } from '../../../../support/labml';
import { settingsOf } from '../../../../support/settings';
import { tensorsKept, withTensorFlow } from '../../../../support/tensorflow';
import { torchShape } from '../../../../support/weights';

describe("UNet, given labml's weights", () => {
  withTensorFlow();

  const variants: Readonly<Record<string, Variant>> = labml.variants;
  const everyWay = Object.entries(ENGINES).flatMap(([how, make]) =>
    Object.entries(variants).map(([name, variant]) => ({ name, variant, how, make })),
  );
  for (const { name, variant, how, make } of everyWay) {
    describe(`for ${name}, ${how}`, () => {
      const asLabml = new AsLabml(variant, labml.small);
      let engine: Engine;
      let network: LabmlNetwork;

      beforeEach(() => {
        engine = make();
        network = new LabmlNetwork(variant, labml);
      });
      afterEach(() => {
        engine.close();
        network.dispose();
      });

      it('has its parameters, by name and shape', () => {
        const own = [...network.model.parameters()].map(([name, parameter]) => [name, torchShape(parameter)]);
        expect(own).to.deep.equal(variant.parameters.map((row) => [row.name, row.shape]));
      });

      it('has its output', () => {
        asLabml.expectOutput(network);
      });

      it('has its loss and gradients', async () => {
        await asLabml.expectGradients(network, engine);
      });

      it('leaks no tensors during training', async () => {
        const adam = new Adam(settingsOf(AdamSettings));
        const training = network.training(engine, adam);
        const x0 = tf.zeros<tf.Rank.R4>(network.shape);
        const learningRate = 1e-3;
        // The first step moves the variables into the session.
        await training.run([x0], { step: 1, learningRate });
        for (const step of [2, 3]) {
          expect(await tensorsKept(() => training.run([x0], { step, learningRate })), `step ${step}`).to.equal(0);
        }
        adam.dispose();
        x0.dispose();
      });

      // Ten updates op by op take long, and the gradients are those of the graph.
      if (how !== 'in a graph') return;

      it('has its losses and weights after ten updates by torch.optim.Adam', async () => {
        await asLabml.expectUpdates(network, engine);
      });
    });
  }
});

describe("The paper's UNet", () => {
  withTensorFlow();

  it("has labml's parameters, by name and shape", () => {
    const model = new UNet(settingsOf(UNetSettings));
    const lines = [...model.parameters()].map(([name, parameter]) => `${name} [${torchShape(parameter).join(', ')}]`);
    expect(model.parameterCount).to.equal(labml.paper.count);
    expect(lines).to.have.length(labml.paper.names);
    expect(createHash('sha256').update(lines.join('\n')).digest('hex')).to.equal(labml.paper.sha256);
  });

  it('predicts noise for an RGB image of 32×32 pixels', () => {
    const model = new UNet(settingsOf(UNetSettings));
    model.initialize(Random.fromSeed(1));
    const y = model.predict(tf.zeros([1, 32, 32, 3]), tf.tensor1d([999], 'int32'));
    expect(y.shape).to.deep.equal([1, 32, 32, 3]);
    expect(numbersOf(y).every(Number.isFinite)).to.equal(true);
    model.dispose();
  });
});
