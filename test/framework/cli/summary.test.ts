import { expect } from 'chai';
import type { ModelSummary } from '../../../framework/nn/model-summary';
import { command } from '../../support/cli';
import { temporaryFolder } from '../../support/temporary';
import { withTensorFlow } from '../../support/tensorflow';

describe('exp summary', () => {
  withTensorFlow();
  const runs = temporaryFolder();
  const summary = (...args: string[]) => command(['summary', ...args], runs());

  it('prints the modules of a model, with the settings', async () => {
    const { out } = await summary('regress', 'model.hidden=[8]');
    // Friedman's benchmark has ten features: 10 · 8 + 8 + 8 + 1 parameters.
    expect(out.split('\n')).to.include('model.layers.0  Linear  weight [8,10], bias [8]  88');
    expect(out).to.contain('\n97 parameters');
  });

  it('prints all models of an experiment as JSON, without its data', async () => {
    const { out } = await summary('gan', 'dataset=MNIST', 'dataset.root=/nowhere', '--json');
    const { modules, count } = JSON.parse(out) as ModelSummary;
    expect(modules.map(({ name }) => name)).to.include.members(['generator', 'discriminator']);
    expect(count).to.equal(modules.reduce((sum, module) => sum + module.count, 0));
  });

  it('refuses wrong settings as exp run does', async () => {
    const { code, err } = await summary('regress', 'model=MPL');
    expect(code).to.equal(2);
    expect(err).to.match(/^model=MPL: .*\n.*MLP/);
  });
});
