import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { readJSON } from '../../framework/checkpoint/json-file';
import { GraphEngine } from '../../framework/tensorflow/graph/graph-engine';
import { largestError } from '../support/close';
import { type Common, LabmlNetwork, TIMES_PYTORCH, type Variant, errorOf } from '../support/labml';
import { withTensorFlow } from '../support/tensorflow';

/** What `python labml_unet.py CHECKOUT paper` froze; without it there is nothing to compare with. */
const FROZEN = join(__dirname, '../reference/labml-unet-paper.json');

/** Minutes, and 6 GB: 168 million parameters, the weights of each by a formula. */
describe("The paper's UNet, given labml's weights", function () {
  this.timeout(3_600_000);
  let labml: Variant & Common;
  before(function () {
    if (!existsSync(FROZEN)) this.skip();
    labml = readJSON(FROZEN) as Variant & Common;
  });
  withTensorFlow();

  /** Does something with the network and an engine, and frees both. */
  async function within<T>(work: (network: LabmlNetwork, engine: GraphEngine) => Promise<T>): Promise<T> {
    const [network, engine] = [new LabmlNetwork(labml, labml), new GraphEngine({})];
    try {
      return await work(network, engine);
    } finally {
      engine.close();
      network.dispose();
    }
  }

  it('gives its output, loss and gradients', async () => {
    const { parameters, float32 } = labml;
    await within(async (network, engine) => {
      expect(largestError(network.output(), labml.output)).to.be.below(TIMES_PYTORCH * float32.output);
      const { loss, gradients } = await network.gradients(engine);
      expect(loss).to.be.closeTo(labml.losses[0]!, TIMES_PYTORCH * float32.losses);
      for (const { name, gradient } of parameters) {
        const found = gradients.get(name);
        expect(found === undefined, `${name} is not used`).to.equal(gradient === null);
        if (!found || !gradient) continue;
        const error = errorOf(found, gradient, labml.small.gradient);
        expect(error, name).to.be.below(TIMES_PYTORCH * float32.gradient);
      }
    });
  });

  it('has its losses and weights after ten updates by torch.optim.Adam', async () => {
    const { parameters, float32 } = labml;
    await within(async (network, engine) => {
      const { losses, changes } = await network.train(engine);
      expect(largestError(losses, labml.losses.slice(1))).to.be.below(TIMES_PYTORCH * float32.losses);
      for (const [place, { name, change }] of parameters.entries()) {
        if (change === null) continue;
        const error = errorOf(changes[place]!, change, labml.small.change);
        expect(error, name).to.be.below(TIMES_PYTORCH * float32.change);
      }
    });
  });
});
