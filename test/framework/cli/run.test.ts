import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import sharp from 'sharp';
import { dependencies } from '../../../package.json';
import { inThisProcess } from '../../support/cli';
import { SMALL, exp } from '../../support/exp';
import { temporaryFolder } from '../../support/temporary';

const ROOT = join(__dirname, '../../..');

/** The only run below a folder. */
function onlyRun(runs: string): string {
  const [id, ...others] = readdirSync(join(runs, 'diffuse'));
  expect(others).to.deep.equal([]);
  return join(runs, 'diffuse', id ?? '');
}

/** Op by op, a step or two take half the time. */
const EAGER = [...SMALL, 'compile=false'];

const json = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;

describe('exp run diffuse', () => {
  const runs = temporaryFolder();

  it('creates a complete run folder', async () => {
    const ended = await exp(['run', 'diffuse', ...SMALL, '--set', 'maxSteps=4', 'logEverySteps=2'], { runs: runs() });
    expect(ended.code, ended.stderr).to.equal(0);
    expect(ended.stderr).to.equal('');
    const run = onlyRun(runs());
    expect(json(join(run, 'run.json'))).to.include({ experiment: 'diffuse', status: 'completed' });
    expect(json(join(run, 'attempts/1/environment.json'))).to.nested.include({
      'command.1': 'diffuse',
      'packages.yargs': dependencies.yargs,
      'versions.node': process.version,
      'source.root': ROOT,
    });
    expect(readFileSync(join(run, 'log.txt'), 'utf8'))
      .to.match(/^Prepare data .*$/m)
      .and.match(/^epoch 1\/.*$/m);
    expect(json(join(run, 'config.json'))).to.nested.include({
      'settings.maxSteps.value': 4,
      'settings.maxSteps.origin': 'command line',
      'settings.seed.origin': 'default',
      'settings.learningRate.origin': 'preset',
    });
    const metrics = readFileSync(join(run, 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { step: number; artifact?: object });
    expect(metrics.map(({ step, artifact }) => [step, artifact])).to.deep.equal([
      [2, undefined],
      [4, undefined],
      [4, { name: 'samples', type: 'image', path: 'samples/samples-4.png' }],
    ]);
    expect(readdirSync(join(run, 'checkpoints', '4')).sort()).to.deep.equal([
      'ema.safetensors',
      'manifest.json',
      'model.safetensors',
      'optimizer.safetensors',
    ]);
    expect(readdirSync(join(run, 'samples'))).to.deep.equal(['samples-4.png']);
    expect(readdirSync(join(run, 'tensorboard')).join()).to.match(/^events\.out\.tfevents\./);
  });

  it('prints nothing but JSON for programs', async () => {
    const { stdout, code } = await exp(['run', 'diffuse', ...EAGER, 'maxSteps=1', '--json'], { runs: runs() });
    expect(code).to.equal(0);
    expect(JSON.parse(stdout)).to.include({ status: 'completed', step: 1, folder: onlyRun(runs()) });
  });

  it('saves every n steps if configured to', async () => {
    await exp(['run', 'diffuse', ...EAGER, 'maxSteps=5', 'checkpoint.everySteps=2'], { runs: runs() });
    expect(readdirSync(join(onlyRun(runs()), 'checkpoints')).sort()).to.deep.equal(['2', '4', '5']);
  });

  it('stops cleanly at Ctrl-C, and resumes to the same weights as an uninterrupted run', async () => {
    const straight = join(runs(), 'straight');
    await exp(['run', 'diffuse', ...EAGER, 'maxSteps=10'], { runs: straight });
    const args = ['run', 'diffuse', ...EAGER, 'maxSteps=10', 'checkpoint.everySteps=1', 'trackers=[Screen]'];
    const stopped = join(runs(), 'stopped');
    let asked = false;
    const ended = await exp(args, {
      runs: stopped,
      onOutput: (text, child) => {
        if (asked || !text.includes('Prepare model ...')) return;
        asked = true;
        child.kill('SIGINT');
      },
    });
    expect(ended.code, ended.stderr).to.equal(130);
    const run = onlyRun(stopped);
    expect(json(join(run, 'run.json'))).to.include({ status: 'interrupted' });
    const resumed = await exp(['resume', run], { runs: stopped });
    expect(resumed.code, resumed.stderr).to.equal(0);
    expect(json(join(run, 'run.json'))).to.include({ status: 'completed' });
    for (const part of ['model', 'optimizer', 'ema']) {
      const [one, other] = [onlyRun(straight), run].map((folder) =>
        readFileSync(join(folder, 'checkpoints/10', `${part}.safetensors`)),
      );
      expect(one?.equals(other ?? Buffer.alloc(0)), part).to.equal(true);
    }
  });
});

describe('exp resume', () => {
  const runs = temporaryFolder();

  it('leaves the record of a completed run alone if its checkpoint is damaged', async () => {
    await exp(['run', 'diffuse', ...EAGER, 'maxSteps=1'], { runs: runs() });
    const run = onlyRun(runs());
    const record = readFileSync(join(run, 'run.json'), 'utf8');
    appendFileSync(join(run, 'checkpoints/1/model.safetensors'), 'x');
    const ended = await exp(['resume', run, 'maxSteps=2'], { runs: runs() });
    expect([ended.code, ended.stderr.includes('model.safetensors is damaged')]).to.deep.equal([1, true]);
    expect(readFileSync(join(run, 'run.json'), 'utf8')).to.equal(record);
  });
});

describe('a run with a config file', () => {
  const runs = temporaryFolder();

  it('resumes with the settings that it was started with, if the file is gone', async () => {
    const config = join(runs(), 'small.yaml');
    writeFileSync(config, 'preset: smoke\nmodel:\n  option: UNet\n  channels: ${env:CHANNELS}\n');
    const args = ['run', 'diffuse', '--config', config, '--name', 'small', 'maxSteps=1'];
    const ended = await exp(args, { runs: runs(), env: { CHANNELS: '64', EXPLAB_SET: 'seed=5' } });
    expect(ended.code, ended.stderr).to.equal(0);
    const run = onlyRun(runs());
    expect(run).to.match(/\d-small$/);
    expect(json(join(run, 'config.json'))).to.deep.nested.include({
      'settings.seed.origin': 'environment',
      'settings.model\\.channels': { value: 64, origin: 'file', ['place']: `in ${config}, line 4` },
      'settings.steps.place': 'by the preset smoke in experiments/diffuse/index.ts',
    });
    rmSync(config);
    const resumed = await exp(['resume', 'small', '--json'], { runs: runs(), env: { EXPLAB_SET: 'seed=6 nothing=7' } });
    expect(resumed.code, resumed.stderr).to.equal(0);
    expect(JSON.parse(resumed.stdout)).to.include({ status: 'completed', step: 1 });
  });
});

describe('exp sample', () => {
  const runs = temporaryFolder();

  it('draws a PNG grid, the same for the same seed', async () => {
    await exp(['run', 'diffuse', ...EAGER, 'maxSteps=1'], { runs: runs() });
    // The average of the weights is all that drawing needs.
    for (const part of ['optimizer', 'model']) rmSync(join(onlyRun(runs()), `checkpoints/1/${part}.safetensors`));
    const draw = async (seed: string, name: string) => {
      const out = join(runs(), name);
      const ended = await exp(['sample', 'latest', '-n', '9', '--seed', seed, '--out', out], { runs: runs() });
      expect(ended.code, ended.stderr).to.equal(0);
      return readFileSync(out);
    };
    const [one, again, other] = [await draw('7', 'a.png'), await draw('7', 'b.png'), await draw('8', 'c.png')];
    expect([one.equals(again), one.equals(other)]).to.deep.equal([true, false]);
    const { width, height } = await sharp(one).metadata();
    // Three cells of 64 pixels and two gaps of 2.
    expect([width, height]).to.deep.equal([196, 196]);
  });
});

describe('a mistake on the command line', () => {
  const runs = temporaryFolder();
  const cases: [string, string[], number, RegExp][] = [
    ['an unknown command', ['rum'], 2, /^Unknown command "rum"\.\n {2}Did you mean run\?/],
    ['no command', [], 2, /exp list/],
    ['an unknown option', ['list', '--verbose'], 2, /^Unknown option --verbose\.\n {2}See exp list --help/],
    ['an unknown experiment', ['run', 'difuse'], 2, /^Unknown experiment "difuse"\.\n {2}Did you mean diffuse\?/],
    [
      'an unknown setting',
      ['run', 'diffuse', 'epoch=3'],
      2,
      /^epoch=3: diffuse has no setting "epoch"\.\n {2}Did you mean epochs\?/,
    ],
    [
      'an unknown dataset',
      ['run', 'diffuse', '--set', 'dataset=CelabA'],
      2,
      /Did you mean CelebA\? Registered: CelebA, Digits, MNIST\./,
    ],
    ['epochs=abc', ['run', 'diffuse', 'epochs=abc'], 2, /^epochs=abc: "abc" is not a number\./],
    ['batchSize=0', ['run', 'diffuse', 'batchSize=0'], 2, /^batchSize=0: 0 is less than 1\./],
    [
      'a batch larger than the dataset',
      ['run', 'diffuse', 'batchSize=1798'],
      1,
      /batchSize=1798 is larger than the 1,?797 examples/,
    ],
    ['a folder that is not there', ['run', 'diffuse', 'dataset=CelebA', 'dataset.root=nowhere'], 1, /nowhere/],
    [
      'groups that do not fit',
      ['run', 'diffuse', 'model.channels=48'],
      1,
      /model.groups=32 does not divide 48 channels/,
    ],
    ['a run that is not there', ['resume', 'never'], 1, /^There is no run "never"/],
    ['a run to sample that is not there', ['sample', 'never'], 1, /^There is no run "never"/],
    ['a run to tune that is not there', ['tune', 'never', 'learningRate=1'], 1, /^There is no run "never"/],
    ['no image to draw', ['sample', 'never', '-n', '0'], 2, /^-n 0: expected an integer from 1 to 1,000,000/],
    [
      'more steps of sampling than there are',
      ['run', 'diffuse', 'steps=9', 'sampler.steps=10'],
      2,
      /expected at most 9, the number of diffusion steps from t = 8/,
    ],
    [
      'less than no noise',
      ['run', 'diffuse', 'sampler=DDIM', 'sampler.eta=-1'],
      2,
      /^sampler.eta=-1: -1 is less than 0/,
    ],
    [
      'zero terminal SNR where the noise is told',
      ['run', 'diffuse', 'diffusion.zeroTerminalSNR=true'],
      1,
      /x_T is pure noise.*\n.*diffusion.prediction=v/,
    ],
    ['nothing of that name', ['list', 'UNett'], 2, /Did you mean UNet\?/],
  ];
  for (const [what, args, code, message] of cases) {
    it(`such as ${what} is reported in a few lines`, async () => {
      // A usage error is found before TensorFlow is loaded.
      const ended = await (code === 2 ? inThisProcess(args, runs()) : exp(args, { runs: runs() }));
      expect(ended.stderr).to.match(message);
      expect(ended.stderr).not.to.match(/\n\s+at /);
      expect(ended.code).to.equal(code);
    });
  }

  it('shows its stack trace on request', async () => {
    expect((await exp(['resume', 'never', '--debug'], { runs: runs() })).stderr).to.match(/\n\s+at /);
  });

  it('in the settings creates no run folder', async () => {
    await inThisProcess(['run', 'diffuse', 'epoch=3'], runs());
    expect(existsSync(join(runs(), 'diffuse'))).to.equal(false);
  });
});

describe('a broken plugin', () => {
  const folder = temporaryFolder(join(__dirname, '../../..'));

  it('affects only what needs it, and is reported with file and reason', async () => {
    mkdirSync(join(folder(), 'plugins/bad'), { recursive: true });
    writeFileSync(join(folder(), 'plugins/bad/index.ts'), 'throw new Error("no luck today");');
    const options = { cwd: folder(), runs: join(folder(), 'runs') };
    expect((await exp(['run', 'diffuse', ...EAGER, 'maxSteps=1'], options)).code).to.equal(0);
    const ended = await exp(['run', 'diffuse', 'dataset=Bad'], options);
    expect(ended.stderr).to.contain('plugins/bad/index.ts could not be loaded: no luck today');
    expect((await exp(['list'], options)).stderr).to.contain('no luck today');
  });
});

describe('exp without TensorFlow', () => {
  it('answers --help, --version and list', async () => {
    const env = { EXPLAB_CACHE: '/dev/null/nowhere' };
    expect((await exp(['--help'], { env })).stdout).to.match(/exp run \[experiment\]/);
    expect((await exp(['--version'], { env })).stdout).to.match(/^\d+\.\d+\.\d+\n$/);
    const { stdout } = await exp(['list', 'CelebA'], { env });
    expect(stdout).to.match(/dataset|root=data\/celeba\s+\S/);
  });

  it('lists everything as JSON, each with a description', async () => {
    const { options } = JSON.parse((await exp(['list', '--json'])).stdout) as {
      options: { name: string; doc: string; settings: { name: string; doc: string }[] }[];
    };
    const undescribed = options.flatMap(({ name, doc, settings }) => [
      ...(doc === '' ? [name] : []),
      ...settings.filter((setting) => setting.doc === '').map((setting) => `${name}.${setting.name}`),
    ]);
    expect(undescribed).to.deep.equal([]);
    expect(options.map(({ name }) => name)).to.include.members(['diffuse', 'CelebA', 'UNet', 'Adam']);
  });
});
