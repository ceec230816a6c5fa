import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

  it('shows the shape of the output of each module for the first batch', async () => {
    const { out } = await summary('regress', 'model.hidden=[8]', 'batchSize=4', '--shapes');
    expect(out.split('\n').slice(0, 4)).to.deep.equal([
      'module          class   output  shapes                   parameters',
      'model           MLP     [4]     -                        0',
      'model.layers.0  Linear  [4,8]   weight [8,10], bias [8]  88',
      'model.layers.1  Linear  [4,1]   weight [1,8], bias [1]   9',
    ]);
  });

  it('shows those of a model of text, whose data writes a vocabulary, and leaves no file', async () => {
    const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('explab-summary-'));
    const before = folders();
    const args = ['batchSize=3', 'contextLength=5', 'model.layers=1', 'model.heads=2', 'model.width=6'];
    const { out } = await summary('gpt', ...args, '--shapes', '--json');
    const { modules } = JSON.parse(out) as ModelSummary;
    expect(modules.find(({ name }) => name === 'model.h.0.attn')?.output).to.deep.equal([3, 5, 6]);
    expect(folders()).to.deep.equal(before);
  });

  it('refuses wrong settings as exp run does', async () => {
    const { code, err } = await summary('regress', 'model=MPL');
    expect(code).to.equal(2);
    expect(err).to.match(/^model=MPL: .*\n.*MLP/);
  });
});
