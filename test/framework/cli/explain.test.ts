import { join } from 'node:path';
import { expect } from 'chai';
import type { ExplainedConfig } from '../../../framework/config/describe/explain';
import { exp } from '../../support/exp';
import { temporaryFolder } from '../../support/temporary';

describe('exp explain', () => {
  it('prints everything as JSON, without TensorFlow', async () => {
    const args = ['explain', 'diffuse', 'preset=paper', 'seed=7', '--format', 'json'];
    const { stdout, stderr } = await exp(args, { env: { EXPLAB_CACHE: '/dev/null/nowhere' } });
    expect(stderr).to.equal('');
    const { experiment, settings } = JSON.parse(stdout) as ExplainedConfig;
    const [learningRate] = settings.filter(({ key }) => key === 'learningRate');
    expect(experiment).to.equal('diffuse');
    expect(learningRate).to.include({ value: 0.00002, origin: 'preset', role: 'hyperparameter', dynamic: true });
    expect(learningRate?.from).to.match(/^preset paper, experiments\/diffuse\/presets\.ts:\d+$/);
    // That of the dataset is known although the dataset has not been looked for.
    const [model] = settings.filter(({ key }) => key === 'model');
    expect(model?.settings[0]).to.include({ key: 'model.imageChannels', value: 1, origin: 'computed' });
  });
});

describe('exp run --dry-run', () => {
  const runs = temporaryFolder();

  it('shows what would run, as text and as JSON', async () => {
    const args = ['run', 'diffuse', 'epochs=3', '--name', 'try', '--dry-run'];
    const { stdout } = await exp(args, { runs: runs(), env: { EXPLAB_SET: 'seed=2' } });
    expect(stdout).to.match(/^diffuse would be written to .*\/diffuse\/ID-try, with\n/);
    expect(stdout).to.match(/\n {2}epochs=3 {2,}on the command line\n/);
    expect(stdout).to.match(/\n {2}seed=2 {2,}by the environment variable EXPLAB_SET\n/);
    expect(stdout).to.match(/\n {2}imageSize=8 {2,}preset digits, experiments\/diffuse\/presets\.ts:\d+\n/);
    expect(stdout).to.match(/\nNothing was started\.\n$/);
    const json = await exp([...args, '--json'], { runs: runs() });
    expect(JSON.parse(json.stdout)).to.deep.nested.include({
      folder: join(runs(), 'diffuse', 'ID-try'),
      'settings.epochs': { value: 3, origin: 'command line', from: 'on the command line' },
    });
  });
});
