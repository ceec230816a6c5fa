import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { labelsOf } from '../../experiments/diffuse/classes';
import { UserError } from '../../framework/errors';
import { drawImages } from '../support/draw-images';
import { resumeRun } from '../../framework/experiment/lifecycle/resume';
import { startRun } from '../../framework/experiment/lifecycle/start';
import { exportSavedModel } from '../../framework/experiment/weights/export-saved-model';
import type { RunFolder } from '../../framework/run/run-folder';
import { EagerEngine } from '../../framework/tensorflow/eager-engine';
import * as tf from '../../framework/tensorflow/tf';
import { largestError } from '../support/close';
import { ownResults } from '../support/exported';
import { askToStop, ingredientsOf, metricsOf, TINY } from '../support/run-options';
import { rejection } from '../support/rejection';
import { withTensorFlow } from '../support/tensorflow';
import { temporaryFolder } from '../support/temporary';
import { trainedOnce } from '../support/trained-once';

const PLAIN = [...TINY, 'samples=1', 'learningRate=1e-2', 'maxSteps=6', 'logEverySteps=1', 'trackers=[JSONL]'];
// With one channel a group, the first normalization would take away all that the network is told besides the image.
const SETTINGS = [...PLAIN, 'model.groups=8', 'diffusion.prediction=x0', 'conditional=true', 'classDropout=0.3'];
const SIZE = 8 * 8;

describe('A class-conditional model', () => {
  withTensorFlow();
  const runs = temporaryFolder();

  async function train(...more: string[]): Promise<RunFolder> {
    const settings = [...SETTINGS, ...more];
    const { folder } = await trainedOnce(runs(), ['diffuse', ...settings], (root) =>
      startRun(ingredientsOf('diffuse', settings), root),
    );
    return folder;
  }

  const draw = async (folder: RunFolder, ...settings: string[]): Promise<number[][]> => {
    const ingredients = ingredientsOf('diffuse', [...SETTINGS, ...settings]);
    const { pixels } = await drawImages(ingredients, folder, 12, 7);
    return Array.from({ length: 12 }, (_, image) => [...pixels.subarray(image * SIZE, (image + 1) * SIZE)]);
  };

  it('samples the classes in turn, or one of them', async () => {
    expect(labelsOf([0, 1, 2, 3, 4], 3)).to.deep.equal([0, 1, 2, 0, 1]);
    expect(labelsOf([0, 1, 2], 3, 1)).to.deep.equal([1, 1, 1]);
    const folder = await train();
    const [inTurn, threes] = [await draw(folder), await draw(folder, 'class=3')];
    // Of equal noise, what is of equal class is equal.
    for (const [image, pixels] of inTurn.entries()) {
      if (image === 3) expect(threes[image]).to.deep.equal(pixels);
      else expect(threes[image], `image ${image}`).not.to.deep.equal(pixels);
    }
  });

  it('samples with guidance, which changes every image', async () => {
    const folder = await train();
    const [without, guided] = [await draw(folder), await draw(folder, 'guidance=3')];
    for (const [image, pixels] of guided.entries()) expect(pixels).not.to.deep.equal(without[image]);
    expect(await draw(folder, 'guidance=1')).to.deep.equal(without);
    // With no share of the class, the class does not matter.
    expect(await draw(folder, 'guidance=0', 'class=3')).to.deep.equal(await draw(folder, 'guidance=0'));
  });

  const lossesOf = async (...settings: string[]): Promise<number[]> =>
    metricsOf(await train(...settings)).map(({ loss }) => loss!);

  it('has the same losses in a graph as in eager mode', async () => {
    const [graph, eager] = [await lossesOf(), await lossesOf('compile=false')];
    for (const [step, loss] of eager.entries()) expect(graph[step]).to.be.closeTo(loss, 2e-5 * loss);
  });

  it('is trained in micro-batches, each with its labels', async () => {
    const losses = await lossesOf('microBatches=2');
    expect(losses).to.have.length(6);
    for (const loss of losses) expect(loss).to.be.within(0, 5);
  });

  it('continues bit-exactly if the run is stopped and resumed', async () => {
    const straight = await train();
    const stopping = { onUpdate: (done: number) => done === 3 && askToStop() };
    const { folder, step } = await startRun(ingredientsOf('diffuse', SETTINGS, stopping), runs());
    expect(step).to.be.lessThan(6);
    await resumeRun(ingredientsOf('diffuse', SETTINGS), folder);
    const weights = ({ checkpoints }: RunFolder) => readFileSync(join(checkpoints, '6/model.safetensors'));
    expect(weights(folder).equals(weights(straight))).to.equal(true);
    expect(weights(folder).includes('class_emb.weight')).to.equal(true);
  });

  it('is exported with labels and guidance as inputs', async () => {
    const args = [...SETTINGS, 'sampler=DDIM', 'sampler.steps=2'];
    const [folder, ingredients] = [await train(), ingredientsOf('diffuse', args)];
    const { functions } = await exportSavedModel(ingredients, folder, 3, join(runs(), 'model'));
    expect(Object.keys(functions['sample']!.inputs)).to.deep.equal(['x', 'key', 'labels', 'guidance']);
    expect(functions['sample']!.inputs['labels']).to.deep.equal({ shape: [3], dtype: 'int32' });
    const sampled = async (labels: number[], guidance: number): Promise<number[]> => {
      const inputs = [tf.ones([3, 8, 8, 1]), tf.scalar(7, 'int32'), tf.tensor1d(labels, 'int32'), tf.scalar(guidance)];
      const [images = []] = await ownResults(ingredients, folder, new EagerEngine(), 'sample', inputs);
      return images;
    };
    const images = await sampled([1, 2, 1], 3);
    // Of equal noise, and DDIM adds none.
    expect(largestError(images.slice(0, SIZE), images.slice(2 * SIZE))).to.be.below(1e-5);
    expect(images.slice(0, SIZE)).not.to.deep.equal(images.slice(SIZE, 2 * SIZE));
    expect(await sampled([1, 2, 1], 1)).not.to.deep.equal(images);
  });

  const refusals: [what: string, settings: string[], message: string][] = [
    [
      'a dataset without labels',
      ['conditional=true', 'dataset=CelebA'],
      'conditional=true needs class labels, but CelebA has none.',
    ],
    [
      'a class that there is not',
      ['conditional=true', 'class=10'],
      'class=10: expected a class from 0 to 9; Digits has 10 classes.',
    ],
    ['a class without classes', ['class=7'], 'class=7: the network is not conditioned on classes'],
    ['guidance without classes', ['guidance=3'], 'guidance=3: the network is not conditioned on classes'],
    ['other classes', ['conditional=true', 'model.classes=3'], 'Digits has 10 classes, but the model Tiny supports 3.'],
    [
      'guidance that was not trained for',
      ['conditional=true', 'classDropout=0', 'guidance=3'],
      'guidance=3 needs a network that was also trained on dropped labels.',
    ],
    ['a share above 1', ['classDropout=1.5'], 'classDropout=1.5: 1.5 is more than 1.'],
    ['a share below 0', ['classDropout=-0.1'], 'classDropout=-0.1: -0.1 is less than 0.'],
    ['a scale below 0', ['guidance=-1'], 'guidance=-1: -1 is less than 0.'],
  ];
  for (const [what, settings, output] of refusals) {
    it(`is refused with ${what}`, async () => {
      const error = await rejection(
        Promise.resolve().then(() => startRun(ingredientsOf('diffuse', [...PLAIN, ...settings]), runs())),
      );
      expect(error).to.be.instanceOf(UserError).with.property('message').that.contains(output);
      expect(error).to.have.property('exitCode', 2);
    });
  }
});
