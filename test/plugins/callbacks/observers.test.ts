import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { startRun } from '../../../framework/experiment/lifecycle/start';
import type { RunFolder } from '../../../framework/run/run-folder';
import { ingredientsOf } from '../../support/run-options';
import { withTensorFlow } from '../../support/tensorflow';

/** Two epochs of two steps. */
const SHORT = ['trackers=[JSONL]', 'batchSize=400', 'epochs=2', 'model.hidden=[4]'];

describe('Callbacks that observe', () => {
  withTensorFlow();
  const runs = mkdtempSync(join(tmpdir(), '.explab-'));
  after(() => rmSync(runs, { recursive: true, force: true }));
  const output: string[] = [];
  let observed: RunFolder;
  let plain: RunFolder;

  const train = async (name: string, ...args: string[]) =>
    (await startRun(ingredientsOf(name, args, { output }), runs)).folder;

  before(async () => {
    observed = await train(
      'regress',
      ...SHORT,
      'callbacks=[ModelSummary,WeightHistograms,GradientHistograms]',
      'callbacks.GradientHistograms.everySteps=1',
      'evaluation.perEpoch=2',
    );
    plain = await train('regress', ...SHORT);
  });

  it('do not change a bit of the training', () => {
    expect(hashOf(observed)).to.equal(hashOf(plain));
  });

  describe('ModelSummary', () => {
    it('prints the table of the modules and logs it before the first step', () => {
      const table = readFileSync(join(observed.artifacts, 'model-summary-0.csv'), 'utf8');
      expect(table).to.contain('\nmodel.layers.0,Linear,"weight [4,10], bias [4]",44\n');
      expect(output.join('')).to.contain('\n49 parameters, 0.000196 MB\n');
    });
  });

  describe('WeightHistograms', () => {
    it('logs a histogram of each parameter once an epoch, however often it is evaluated', () => {
      const parameters = ['layers.0.bias', 'layers.0.weight', 'layers.1.bias', 'layers.1.weight'];
      const files = parameters.flatMap((name) => [`${name}-2.csv`, `${name}-4.csv`]);
      expect(readdirSync(join(observed.artifacts, 'weights')).sort()).to.deep.equal(files);
      expect(countsIn(join(observed.artifacts, 'weights/layers.0.weight-4.csv'))).to.equal(40);
    });

    it('logs what a run has learned that ends within its first epoch', async () => {
      const args = ['callbacks=[WeightHistograms]', 'maxSteps=1', 'compile=false'];
      const { artifacts } = await train('regress', ...SHORT, ...args);
      expect(readdirSync(join(artifacts, 'weights'))).to.include('layers.0.weight-1.csv');
    });
  });

  describe('GradientHistograms', () => {
    it('logs a histogram of the gradient of each parameter', () => {
      const files = readdirSync(join(observed.artifacts, 'gradients'));
      const parameters = ['layers.0.bias', 'layers.0.weight', 'layers.1.bias', 'layers.1.weight'];
      expect(files.sort()).to.deep.equal(
        parameters.flatMap((name) => [1, 2, 3, 4].map((step) => `${name}-${step}.csv`)),
      );
      expect(countsIn(join(observed.artifacts, 'gradients/layers.0.weight-3.csv'))).to.equal(40);
    });

    it('names the gradients of several models by the model, and logs at the steps that are due', async () => {
      const small = ['batchSize=4', 'generator.hidden=[2]', 'discriminator.hidden=[2]', 'samples=1', 'imageSize=8'];
      const interval = ['callbacks.GradientHistograms.everySteps=2', 'discriminatorSteps=2', 'maxSteps=3'];
      const args = [...small, ...interval, 'compile=false', 'trackers=[]', 'callbacks=[GradientHistograms]'];
      const { artifacts } = await train('gan', ...args);
      const layers = ['layers.layers.0', 'layers.layers.1'].flatMap((layer) => [`${layer}.bias`, `${layer}.weight`]);
      const models = ['discriminator', 'generator'];
      const files = models.flatMap((model) => layers.map((name) => `${model}.${name}-2.csv`));
      expect(readdirSync(join(artifacts, 'gradients')).sort()).to.deep.equal(files);
    });
  });
});

/** Sum of the counts of a histogram's bins. */
function countsIn(file: string): number {
  const [, ...rows] = readFileSync(file, 'utf8').trim().split('\n');
  return rows.reduce((sum, row) => sum + Number(row.split(',')[2]), 0);
}

/** Hash of the parameters and the optimizer's state after the last step. */
function hashOf({ checkpoints }: RunFolder): string {
  const folder = join(
    checkpoints,
    readdirSync(checkpoints)
      .sort((a, b) => Number(a) - Number(b))
      .at(-1) ?? '',
  );
  const hash = createHash('sha256');
  const files = readdirSync(folder).filter((name) => name.endsWith('.safetensors'));
  expect(files).to.have.length.above(1);
  for (const file of files) hash.update(readFileSync(join(folder, file)));
  return hash.digest('hex');
}
