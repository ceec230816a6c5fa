import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { decodeSafetensors } from '../../framework/checkpoint/safetensors';
import type { UserError } from '../../framework/errors';
import { startRun } from '../../framework/experiment/lifecycle/start';
import { resumeRun } from '../../framework/experiment/lifecycle/resume';
import { exportWeights } from '../../framework/experiment/weights/export-weights';
import { importWeights } from '../../framework/experiment/weights/import-weights';
import type { RunFolder } from '../../framework/run/run-folder';
import { drawImages } from '../support/draw-images';
import { ingredientsOf, metricsOf } from '../support/run-options';
import { rejection } from '../support/rejection';
import { temporaryFolder } from '../support/temporary';
import { withTensorFlow } from '../support/tensorflow';

describe('gan', () => {
  withTensorFlow();
  const runs = temporaryFolder();
  const SMALL = ['trackers=[JSONL]', 'batchSize=256', 'generator.hidden=[32]', 'discriminator.hidden=[32]'];
  const train = async (...args: string[]) => (await startRun(ingredientsOf('gan', [...SMALL, ...args]), runs())).folder;

  const weightsOf = ({ checkpoints }: RunFolder, step: number) =>
    ['generator', 'generator.optimizer', 'generator.ema', 'discriminator', 'discriminator.optimizer'].map((part) =>
      readFileSync(join(checkpoints, String(step), `${part}.safetensors`)),
    );

  it('resumes to the same bits of both networks, optimizers and the average', async () => {
    const args = ['generatorTraining.ema=0.9', 'discriminatorSteps=2', 'epochs=2'];
    const whole = await train(...args, 'maxSteps=9');
    const part = await train(...args, 'maxSteps=5');
    const ingredients = ingredientsOf('gan', [...SMALL, ...args, 'maxSteps=9']);
    await resumeRun(ingredients, part, { changes: ingredients.overrides.slice(-1) });
    expect(weightsOf(part, 9)).to.deep.equal(weightsOf(whole, 9));
  });

  it('exports and imports the weights of one of its networks by name', async () => {
    const args = ['compile=false', 'generatorTraining.ema=0.9'];
    const source = { run: await train(...args, 'maxSteps=1') };
    const ingredients = ingredientsOf('gan', [...SMALL, ...args]);
    const { monitor } = ingredients;
    const out = join(runs(), 'generator.safetensors');
    const { hints } = (await rejection(exportWeights(source, { out }, monitor))) as UserError;
    expect(hints).to.deep.equal(['Choose one with --part: generator, discriminator.']);
    expect(await exportWeights(source, { out, part: 'generator' }, monitor)).to.include({ averaged: true });

    const imported = await importWeights(ingredients, runs(), out, undefined, 'generator');
    const arraysOf = (path: string) => decodeSafetensors(readFileSync(path), path);
    const saved = (part: string, run = imported, step = 0) =>
      arraysOf(join(run.checkpoints, String(step), `${part}.safetensors`));
    for (const part of ['generator', 'generator.ema']) expect(saved(part)).to.deep.equal(arraysOf(out));
    // The other network is as it was initialized, not as it was trained.
    expect(saved('discriminator')).not.to.deep.equal(saved('discriminator', source.run, 1));
    const { message } = (await rejection(importWeights(ingredients, runs(), out))) as UserError;
    expect(message).to.equal('There is no model "model".');
  });

  for (const loss of ['wasserstein', 'non-saturating']) {
    it(`with the ${loss} loss tracks both losses, and generates images that depend on the seed alone`, async () => {
      const folder = await train('maxSteps=4', 'discriminatorSteps=2', `loss=${loss}`);
      expect(metricsOf(folder).at(-1)).to.include.keys('generator/loss', 'discriminator/gradientNorm');
      const ingredients = ingredientsOf('gan', [...SMALL, `loss=${loss}`]);
      const [one, other] = [await drawImages(ingredients, folder, 3, 1), await drawImages(ingredients, folder, 4, 1)];
      expect(one.shape).to.deep.equal([8, 8, 1]);
      expect(other.pixels.subarray(0, 3 * 64)).to.deep.equal(one.pixels);
    });
  }
});
