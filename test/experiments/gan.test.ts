import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { startRun } from '../../framework/experiment/lifecycle/start';
import { resumeRun } from '../../framework/experiment/lifecycle/resume';
import type { RunFolder } from '../../framework/run/run-folder';
import { drawImages } from '../support/draw-images';
import { ingredientsOf, metricsOf } from '../support/run-options';
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
