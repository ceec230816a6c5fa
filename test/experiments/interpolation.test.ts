import { expect } from 'chai';
import * as tf from '../../framework/tensorflow/tf';
import { ImageSampler } from '../../experiments/diffuse/image-sampler';
import { interpolate } from '../../experiments/diffuse/interpolation';
import { Sampling } from '../../experiments/diffuse/sampling';
import { Monitor } from '../../framework/monitor/monitor';
import { PlainDisplay } from '../../framework/monitor/plain-display';
import { Random } from '../../framework/random/random';
import { EagerEngine } from '../../framework/tensorflow/eager-engine';
import { DenoiseDiffusion, DenoiseDiffusionSettings } from '../../plugins/diffusion/denoise-diffusion';
import { LinearSchedule, LinearScheduleSettings } from '../../plugins/diffusion/noise-schedules/linear';
import { DDPM, DDPMSettings } from '../../plugins/diffusion/samplers/ddpm';
import { numbersOf } from '../support/close';
import { Telling } from '../support/predictors';
import { settingsOf } from '../support/settings';
import { tensorsKept, withTensorFlow } from '../support/tensorflow';

describe('interpolation between images', () => {
  withTensorFlow();

  const schedule = new LinearSchedule(settingsOf(LinearScheduleSettings));
  const diffusion = new DenoiseDiffusion(settingsOf(DenoiseDiffusionSettings, { schedule }));

  function drawer() {
    const sampling = new Sampling({ engine: new EagerEngine(), model: new Telling(tf.zerosLike), diffusion });
    const monitor = new Monitor(new PlainDisplay({ write: () => true }));
    return new ImageSampler({ sampling, monitor, shape: [1, 1, 1], batch: 4, labelsOf: () => undefined });
  }

  /** Two pairs of images of a pixel: from 51 to 204, and from 102 to 153. */
  const ends = { pixels: Uint8Array.of(51, 102, 204, 153), shape: [1, 1, 1] } as const;
  const x0 = [-0.6, -0.2, 0.6, 0.2];

  /** x̄_t, where nothing brings it back. */
  const mixed = async (noise: 'own' | 'shared', alphaBar = 0.9) => {
    const how = { seed: 5, frames: 3, noise };
    const frames = await interpolate(drawer(), ends, how, { stages: [], alphaBar });
    return frames.map(({ pixels }) => [...pixels]);
  };

  /** (1 - λ) x_t + λ x'_t with x_t = √0.9 x_0 + √0.1 ε, as grey levels. */
  function expected(noise: 'own' | 'shared'): number[][] {
    const random = Random.fromSeed(5).stream('interpolate');
    const draw = (stream: string) => [0, 1].map((pair) => numbersOf(random.stream(stream).at(pair).normal([1]))[0]!);
    const epsilon = [...draw('first'), ...draw(noise === 'own' ? 'second' : 'first')];
    const xt = x0.map((pixel, image) => Math.sqrt(0.9) * pixel + Math.sqrt(0.1) * epsilon[image]!);
    const level = (x: number) => Math.round(Math.min(255, Math.max(0, (x + 1) * 127.5)));
    return [0, 0.5, 1].map((lambda) => [0, 1].map((pair) => level((1 - lambda) * xt[pair]! + lambda * xt[pair + 2]!)));
  }

  for (const noise of ['own', 'shared'] as const) {
    it(`mixes images with ${noise} noise, between the images themselves`, async () => {
      expect(await mixed(noise)).to.deep.equal([[51, 102], ...expected(noise), [204, 153]]);
    });
  }

  it('mixes only the images if there is no noise', async () => {
    expect(await mixed('own', 1)).to.deep.equal([
      [51, 102],
      [51, 102],
      [128, 128],
      [204, 153],
      [204, 153],
    ]);
  });

  it('from a given step takes the last steps of the whole trajectory', () => {
    const sampler = new DDPM(settingsOf(DDPMSettings));
    const whole = sampler.steps(diffusion.alphaBar);
    expect(sampler.steps(diffusion.alphaBar.subarray(0, 401))).to.deep.equal(whole.slice(-401));
  });

  it('leaks no tensors', async () => {
    expect(await tensorsKept(() => mixed('own'))).to.equal(0);
  });
});
