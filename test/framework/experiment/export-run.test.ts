import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as SavedModels from '@tensorflow/tfjs-node-gpu/dist/saved_model';
import { expect } from 'chai';
import { UserError } from '../../../framework/errors';
import { startRun } from '../../../framework/experiment/lifecycle/start';
import { exportSavedModel } from '../../../framework/experiment/weights/export-saved-model';
import { Random } from '../../../framework/random/random';
import type { RunFolder } from '../../../framework/run/run-folder';
import { EagerEngine } from '../../../framework/tensorflow/eager-engine';
import * as tf from '../../../framework/tensorflow/tf';
import { largestError, numbersOf } from '../../support/close';
import { SMALL_CLASSIFIER } from '../../support/exp';
import { FUNCTIONS, ownResults } from '../../support/exported';
import { ingredientsOf, TINY } from '../../support/run-options';
import { rejection } from '../../support/rejection';
import { temporaryFolder } from '../../support/temporary';
import { withTensorFlow } from '../../support/tensorflow';

const WORDS = {
  diffuse: [...TINY, 'trackers=[]', 'maxSteps=2'],
  classify: [...SMALL_CLASSIFIER, 'trackers=[]', 'maxSteps=2'],
};

/** What the SavedModel gives by TensorFlow.js's own loader. @param inputs given up */
async function loadedResults(
  folder: string,
  inputs: Record<string, tf.Tensor>,
  name = 'serving_default',
): Promise<Record<string, number[]>> {
  const { loadSavedModel } = createRequire(__filename)(
    '@tensorflow/tfjs-node-gpu/dist/saved_model',
  ) as typeof SavedModels;
  const model = await loadSavedModel(folder, ['serve'], name);
  const outputs = model.predict(inputs) as unknown as Record<string, tf.Tensor>;
  model.dispose();
  tf.dispose(inputs);
  return Object.fromEntries(Object.entries(outputs).map(([name, output]) => [name, numbersOf(output)]));
}

describe('exp export', () => {
  withTensorFlow();
  const root = temporaryFolder();
  const out = () => join(root(), 'model');
  const trained = async (name: keyof typeof WORDS, ...args: string[]): Promise<RunFolder> =>
    (await startRun(ingredientsOf(name, [...WORDS[name], ...args]), join(root(), 'runs'))).folder;

  it("saves sampling, as single steps and as a whole, so that TensorFlow's loader runs it with equal results", async () => {
    const ingredients = ingredientsOf('diffuse', WORDS.diffuse);
    const run = await trained('diffuse');
    const { functions } = await exportSavedModel(ingredients, run, 3, out());
    const images = { shape: [3, 8, 8, 1], dtype: 'float32' };
    const whole = { shape: [], dtype: 'int32' };
    expect(functions['serving_default']?.inputs).to.deep.equal({ x: images, kept: images, stage: whole, key: whole });
    expect(functions['sample']?.inputs).to.deep.equal({ x: images, key: whole });
    const x = () => Random.fromSeed(1).normal([3, 8, 8, 1]);
    const key = () => tf.scalar(-77, 'int32');
    const calls: [string, () => Record<string, tf.Tensor>][] = [
      ['serving_default', () => ({ x: x(), kept: x(), stage: tf.scalar(0, 'int32'), key: key() })],
      ['serving_default', () => ({ x: x(), kept: x(), stage: tf.scalar(3, 'int32'), key: key() })],
      ['sample', () => ({ x: x(), key: key() })],
    ];
    for (const [name, inputs] of calls) {
      const [wanted = []] = await ownResults(ingredients, run, new EagerEngine(), name, Object.values(inputs()));
      const { x: found = [] } = await loadedResults(out(), inputs(), name);
      expect(largestError(found, wanted), name).to.be.below(1e-6);
    }
  });

  it('saves a classifier, also of an eager run', async () => {
    const args = [...WORDS.classify, 'compile=false'];
    const run = await trained('classify', 'compile=false');
    await exportSavedModel(ingredientsOf('classify', args), run, 5, out());
    const images = () => Random.fromSeed(1).uniform([5, 8, 8, 1], -1, 1);
    const [wanted = []] = await ownResults(ingredientsOf('classify', args), run, new EagerEngine(), 'serving_default', [
      images(),
    ]);
    const { logits = [] } = await loadedResults(out(), { images: images() });
    expect(logits).to.have.length(5 * 10);
    expect(largestError(logits, wanted)).to.be.below(1e-6);
  });

  for (const { experiment, args, input, makeInput, output, size } of FUNCTIONS) {
    it(`saves the function of ${experiment} from ${input} to ${output}`, async () => {
      const ingredients = ingredientsOf(experiment, args);
      const { folder: run } = await startRun(ingredients, join(root(), 'runs'));
      await exportSavedModel(ingredients, run, 2, out());
      const [wanted = []] = await ownResults(ingredients, run, new EagerEngine(), 'serving_default', [makeInput()]);
      const { [output]: found = [] } = await loadedResults(out(), { [input]: makeInput() });
      expect(found).to.have.length(size);
      expect(new Set(found)).to.have.property('size').above(1);
      expect(largestError(found, wanted)).to.be.below(1e-6);
    });
  }

  it('writes a folder completely or not at all', async () => {
    const run = await trained('classify');
    await exportSavedModel(ingredientsOf('classify', WORDS.classify), run, 1, out());
    expect(readdirSync(out(), { recursive: true })).to.have.members([
      ...['saved_model.pb', 'variables'],
      ...['index', 'data-00000-of-00001'].map((end) => `variables/variables.${end}`),
    ]);
    expect(readdirSync(root())).to.have.members(['model', 'runs']);
    const other = ingredientsOf('classify', [...WORDS.classify, 'model.channels=[16]']);
    expect(await rejection(exportSavedModel(other, run, 1, join(root(), 'other')))).to.be.instanceOf(UserError);
    expect(readdirSync(root())).to.have.members(['model', 'runs']);
  });

  it('overwrites nothing, and requires an integer number of examples', async () => {
    const run = await trained('classify');
    mkdirSync(out());
    const ingredients = ingredientsOf('classify', WORDS.classify);
    expect(await rejection(exportSavedModel(ingredients, run, 1, out())))
      .to.be.instanceOf(UserError)
      .with.property('message')
      .that.matches(/already exists/);
    for (const count of [0, 1.5]) {
      const error = await rejection(exportSavedModel(ingredients, run, count, join(root(), 'other')));
      expect(error).to.be.instanceOf(UserError).with.property('exitCode', 2);
    }
    expect(existsSync(join(root(), 'other'))).to.equal(false);
  });
});
