import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { DiffuseSettings } from '../../experiments/diffuse';
import { RunContainer } from '../../framework/experiment/run-container';
import { startRun } from '../../framework/experiment/lifecycle/start';
import { exportWeights } from '../../framework/experiment/weights/export-weights';
import { openCheckpoint } from '../../framework/experiment/weights/checkpoint-ref';
import { importWeights } from '../../framework/experiment/weights/import-weights';
import type { RunFolder } from '../../framework/run/run-folder';
import { EagerEngine } from '../../framework/tensorflow/eager-engine';
import * as tf from '../../framework/tensorflow/tf';
import { largestError, numbersOf } from '../support/close';
import { ingredientsOf } from '../support/run-options';
import { temporaryFolder } from '../support/temporary';
import { withTensorFlow } from '../support/tensorflow';

/**
 * Needs EXPLAB_TEST_TORCH, a Python with PyTorch and safetensors, and EXPLAB_TEST_LABML, a checkout of
 * https://github.com/labmlai/annotated_deep_learning_paper_implementations.
 */
const { EXPLAB_TEST_TORCH: python, EXPLAB_TEST_LABML: checkout } = process.env;

const WORDS = ['imageSize=8', 'batchSize=8', 'maxSteps=2', 'trackers=[]', 'steps=1000', 'samples=1', 'sampler=DDIM'];
/** What labml's network is made with: the settings of the preset for digits. */
const LABML = [1, 32, [1, 2], [false, true], 1];
/** PyTorch's float32 and ours differ by so much in test/reference/labml-unet.json, where outputs are as large. */
const ROUNDING = 5e-5;

describe("labml's U-Net in PyTorch", () => {
  withTensorFlow();
  const root = temporaryFolder();
  const ingredients = () => ingredientsOf('diffuse', WORDS);

  /** What a run's network, with its own weights, tells of images that are sines of their index in PyTorch's order. */
  async function firstSamples(folder: RunFolder): Promise<number[]> {
    const container = new RunContainer(ingredients());
    const experiment = container.createExperiment(folder, new EagerEngine());
    await experiment.init();
    const checkpoint = await openCheckpoint({ run: folder }, ingredients().monitor);
    await experiment.restore(checkpoint, ['model']);
    await checkpoint.close();
    const { settings } = container;
    if (!(settings instanceof DiffuseSettings)) throw new Error('diffuse has other settings now');
    const numbers = Float32Array.from({ length: 2 * 64 }, (_, index) => Math.sin(index));
    const output = tf.tidy(() => {
      const images = tf.transpose(tf.tensor4d(numbers, [2, 1, 8, 8]), [0, 2, 3, 1]);
      return tf.transpose(settings.model.predict(images, tf.tensor1d([3, 700], 'int32')), [0, 3, 1, 2]);
    });
    await container.close();
    return numbersOf(output);
  }

  it('loads exported weights strictly, and its saved weights can be imported, each with the same outputs', async function () {
    if (python === undefined || checkout === undefined) this.skip();
    this.timeout(600_000);
    const [options, saved] = [join(root(), 'given.safetensors'), join(root(), 'saved.safetensors')];
    const { folder } = await startRun(ingredients(), join(root(), 'runs'));
    await exportWeights({ run: folder }, { out: options, raw: true }, ingredients().monitor);
    const script = join(__dirname, 'labml-weights.py');
    const args = ['-B', script, checkout, JSON.stringify(LABML), options, saved];
    const [theirs = [], fresh = []] = JSON.parse(execFileSync(python, args, { encoding: 'utf8' })) as number[][];
    expect(largestError(await firstSamples(folder), theirs), 'exported').to.be.below(ROUNDING);
    const imported = await importWeights(ingredients(), join(root(), 'runs'), saved);
    expect(largestError(await firstSamples(imported), fresh), 'imported').to.be.below(ROUNDING);
  });
});
