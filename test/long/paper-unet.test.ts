import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GraphEngine } from '../../framework/tensorflow/graph/graph-engine';
import { AsLabml } from '../support/as-labml';
import { type Common, LabmlNetwork, type Variant } from '../support/labml';
import { withTensorFlow } from '../support/tensorflow';

/** Minutes, and 6 GB: 168 million parameters, the weights of each by a formula. */
describe("The paper's UNet, given labml's weights", function () {
  this.timeout(3_600_000);
  let labml: Variant & Common;
  let asLabml: AsLabml;
  before(() => {
    labml = JSON.parse(readFileSync(join(__dirname, '../reference/labml-unet-paper.json'), 'utf8')) as Variant & Common;
    asLabml = new AsLabml(labml, labml.small);
  });
  withTensorFlow();

  /** Does something with the network and an engine, and frees both. */
  async function withNetwork<T>(work: (network: LabmlNetwork, engine: GraphEngine) => Promise<T>): Promise<T> {
    const [network, engine] = [new LabmlNetwork(labml, labml), new GraphEngine({})];
    try {
      return await work(network, engine);
    } finally {
      engine.close();
      network.dispose();
    }
  }

  it('has its output, loss and gradients', async () => {
    await withNetwork(async (network, engine) => {
      asLabml.expectOutput(network);
      await asLabml.expectGradients(network, engine);
    });
  });

  it('has its losses and weights after ten updates by torch.optim.Adam', async () => {
    await withNetwork((network, engine) => asLabml.expectUpdates(network, engine));
  });
});
