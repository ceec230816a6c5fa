import { expect } from 'chai';
import * as tf from '../../framework/tensorflow/tf';
import { Sampling } from '../../experiments/diffuse/sampling';
import { NoisePredictor } from '../../plugins/diffusion/kinds/noise-predictor';
import type { Sampler } from '../../plugins/diffusion/kinds/sampler';
import { SpacedSamplerSettings } from '../../plugins/diffusion/kinds/spaced-sampler';
import { Random } from '../../framework/random/random';
import type { Engine } from '../../framework/tensorflow/engine';
import { DenoiseDiffusion, DenoiseDiffusionSettings } from '../../plugins/diffusion/denoise-diffusion';
import { LinearSchedule, LinearScheduleSettings } from '../../plugins/diffusion/noise-schedules/linear';
import { DDIM, DDIMSettings } from '../../plugins/diffusion/samplers/ddim';
import { DDPM, DDPMSettings } from '../../plugins/diffusion/samplers/ddpm';
import { DPMSolver } from '../../plugins/diffusion/samplers/dpm-solver';
import { Heun } from '../../plugins/diffusion/samplers/heun';
import { numbersOf } from '../support/close';
import { ENGINES } from '../support/engines';
import { settingsOf } from '../support/settings';
import { tensorsKept, withTensorFlow } from '../support/tensorflow';
import { walk } from '../../plugins/diffusion/contracts/walk';

/** Tells ε = 0.9 x + t / 1000. */
class Simple extends NoisePredictor {
  predict(xt: tf.Tensor4D, t: tf.Tensor1D): tf.Tensor4D {
    return tf.add(tf.mul(xt, 0.9), tf.reshape(tf.div(tf.cast(t, 'float32'), 1000), [-1, 1, 1, 1]));
  }
}

for (const [how, make] of Object.entries(ENGINES)) {
  describe(`Sampling, ${how}`, () => {
    withTensorFlow();
    let engine: Engine;
    beforeEach(() => (engine = make()));
    afterEach(() => engine.close());

    const schedule = new LinearSchedule(settingsOf(LinearScheduleSettings));
    const diffusion = new DenoiseDiffusion(settingsOf(DenoiseDiffusionSettings, { schedule }));
    const random = Random.fromSeed(3);
    const begin = [0.5, -1];

    /** Takes two images of a pixel through all stages. */
    async function sample(
      sampling: Sampling,
      sampler: Sampler,
      { from = random, images = [0, 1] } = {},
    ): Promise<number[]> {
      const stages = sampler.steps(diffusion.alphaBar);
      let state = sampling.begin(
        tf.tensor4d(
          images.map((image) => begin[image]!),
          [images.length, 1, 1, 1],
        ),
      );
      for (const [index, stage] of stages.entries()) {
        state = await sampling.step(state, stage, stages.length - 1 - index, { random: from, images });
      }
      state.history.dispose();
      return numbersOf(state.x);
    }

    const karras = settingsOf(SpacedSamplerSettings, { steps: 8, spacing: 'karras' });
    const samplers = {
      DDPM: new DDPM(settingsOf(DDPMSettings, { steps: 8 })),
      DDIM: new DDIM(settingsOf(DDIMSettings, { steps: 8, eta: 0.7 })),
      DPMSolver: new DPMSolver(karras),
      Heun: new Heun(karras),
    };

    /** What a stage draws for two images, each by its number. */
    function noiseOf(left: number): number[] {
      return tf.tidy(() => {
        const stream = random.at(left).fork();
        return [0, 1].flatMap((image) => numbersOf(stream.at(image).normal([1])));
      });
    }

    it('computes the steps of every sampler correctly', async () => {
      const sampling = new Sampling({ engine, model: new Simple(), diffusion });
      for (const [name, sampler] of Object.entries(samplers)) {
        const stages = sampler.steps(diffusion.alphaBar);
        const drawn = stages.map((_, index) => noiseOf(stages.length - 1 - index));
        const images = await sample(sampling, sampler);
        for (const [image, x] of begin.entries()) {
          const way = walk(
            stages,
            x,
            (at, _, t) => 0.9 * at + t / 1000,
            (stage) => drawn[stage]![image]!,
          );
          const scale = Math.max(...way.map(Math.abs));
          expect(images[image], name).to.be.closeTo(way.at(-1)!, 1e-5 * scale);
        }
      }
    });

    it('generates the same from the same stream, and different images from a different one', async () => {
      const sampling = new Sampling({ engine, model: new Simple(), diffusion });
      const images = await sample(sampling, samplers.DDPM);
      expect(await sample(sampling, samplers.DDPM)).to.deep.equal(images);
      expect(await sample(sampling, samplers.DDPM, { from: random.stream('other') })).not.to.deep.equal(images);
      expect(await sample(sampling, samplers.Heun, { from: random.stream('other') })).to.deep.equal(
        await sample(sampling, samplers.Heun),
      );
    });

    it('gives an image the same noise, whatever the batch', async () => {
      const sampling = new Sampling({ engine, model: new Simple(), diffusion });
      const [first, second] = await sample(sampling, samplers.DDPM);
      expect(await sample(sampling, samplers.DDPM, { images: [1] })).to.deep.equal([second]);
      expect(await sample(sampling, samplers.DDPM, { images: [1, 0, 1] })).to.deep.equal([second, first, second]);
    });

    it('shows x or x₀ of a step', async () => {
      const sampling = new Sampling({ engine, model: new Simple(), diffusion });
      const [stage] = new DDIM(settingsOf(DDIMSettings, { steps: 8, clip: false })).steps(diffusion.alphaBar);
      const noise = { random, images: [0, 1] };
      const seen: number[][] = [];
      for (const view of [{ x: 1 }, { x0: 1 }]) {
        const state = await sampling.step(sampling.begin(tf.tensor4d(begin, [2, 1, 1, 1])), stage!, 7, noise, view);
        seen.push(numbersOf(state.seen!));
        tf.dispose([state.x, state.history]);
      }
      // x_0 = (x_t - √(1 - ᾱ) ε) / √ᾱ with ε = 0.9 x + 0.999, and ᾱ at the last of 1000 steps.
      const alphaBar = 4.03582977e-5;
      const x0 = begin.map((x) => (x - Math.sqrt(1 - alphaBar) * (0.9 * x + 0.999)) / Math.sqrt(alphaBar));
      expect(seen[0]).to.deep.equal(begin);
      for (const [image, output] of seen[1]!.entries())
        expect(output).to.be.closeTo(x0[image]!, 1e-3 * Math.abs(x0[image]!));
    });

    it('leaks no tensors', async () => {
      const sampling = new Sampling({ engine, model: new Simple(), diffusion });
      expect(await tensorsKept(() => sample(sampling, samplers.Heun))).to.equal(0);
    });
  });
}
