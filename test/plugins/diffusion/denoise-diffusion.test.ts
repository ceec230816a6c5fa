import { expect } from 'chai';
import * as tf from '../../../framework/tensorflow/tf';
import diffusers from '../../reference/diffusers-schedules.json';
import labml from '../../reference/labml-diffusion.json';
import { UserError } from '../../../framework/errors';
import type { TracedLevel } from '../../../plugins/diffusion/kinds/diffusion';
import { NoiseSchedule } from '../../../plugins/diffusion/kinds/noise-schedule';
import { Random } from '../../../framework/random/random';
import { alphaBarOf } from '../../../plugins/diffusion/denoise-diffusion/alpha-bar';
import { DenoiseDiffusion, DenoiseDiffusionSettings } from '../../../plugins/diffusion/denoise-diffusion';
import { minSNRWeights, type Prediction, targetOf } from '../../../plugins/diffusion/denoise-diffusion/prediction';
import { LinearSchedule, LinearScheduleSettings } from '../../../plugins/diffusion/noise-schedules/linear';
import { expectClose, largestError, momentsOf, numbersOf } from '../../support/close';
import { Telling } from '../../support/predictors';
import { settingsOf } from '../../support/settings';
import { tensorsKept, withTensorFlow } from '../../support/tensorflow';

/** β = 0.1, 0.2, 0.5, so α = 0.9, 0.8, 0.5 and ᾱ = 0.9, 0.72, 0.36. */
class ThreeSteps extends NoiseSchedule {
  betas(): Float64Array {
    return Float64Array.of(0.1, 0.2, 0.5);
  }
}

const PIXELS = 10_000;

describe('DenoiseDiffusion', () => {
  withTensorFlow();

  const diffusionWith = (settings: Partial<DenoiseDiffusionSettings>): DenoiseDiffusion =>
    new DenoiseDiffusion(settingsOf(DenoiseDiffusionSettings, { steps: 3, schedule: new ThreeSteps(), ...settings }));
  const diffusion = diffusionWith({});
  const random = Random.fromSeed(1);
  const zero = new Telling((xt) => tf.zerosLike(xt));

  /** An image of one pixel for each value. */
  const images = (...values: number[]): tf.Tensor4D => tf.tensor4d(values, [values.length, 1, 1, 1]);
  const times = (...values: number[]): tf.Tensor1D => tf.tensor1d(values, 'int32');
  const plane = (value: number): tf.Tensor4D => tf.fill([1, 100, 100, 1], value);

  it('has ᾱ, the cumulative product of 1 - β', () => {
    expect(diffusion.steps).to.equal(3);
    expect(largestError([...diffusion.alphaBar], [0.9, 0.72, 0.36])).to.be.below(1e-15);
  });

  it('refuses a schedule whose ᾱ underflows to 0', () => {
    // 0.5^1074 is the least number above 0.
    expect(() => alphaBarOf(new Float64Array(1075).fill(0.5))).to.throw(
      UserError,
      'destroys the image completely at step 1075',
    );
  });

  it('refuses a schedule with β = 0 or β = 1', () => {
    const flat = (last: number) => settingsOf(LinearScheduleSettings, { first: last, last });
    for (const beta of [0, 1]) {
      expect(() => diffusionWith({ schedule: new LinearSchedule(flat(beta)) })).to.throw(
        UserError,
        `The noise schedule has β = ${beta} at step 1 of 3.`,
      );
    }
  });

  it('diffuses an image to √ᾱ x₀ with variance 1 - ᾱ', () => {
    const { mean, variance } = diffusion.qXtX0(images(1, -1, 0.5), times(0, 1, 2));
    // √0.9 = 0.948683, √0.72 = 0.848528, √0.36 / 2 = 0.3
    expectClose(mean, [0.948683, -0.848528, 0.3]);
    expectClose(variance, [0.1, 0.28, 0.64]);
  });

  it('mixes image and noise by √ᾱ and √(1 - ᾱ)', () => {
    // √0.72 · 1 + √0.28 · 2 = 0.848528 + 1.058301, and √0.36 · 1 + √0.64 · 2 = 0.6 + 1.6
    expectClose(diffusion.qSample(images(1, 1), times(1, 2), images(2, 2)), [1.906829, 2.2]);
  });

  describe('an output of the network', () => {
    /** At ᾱ = 0.36, where x = 0.6 x₀ + 0.8 ε. */
    const level = (): TracedLevel => ({ t: tf.scalar(2), signal: tf.scalar(0.6), noise: tf.scalar(0.8) });
    const half = new Telling((xt) => tf.fill(xt.shape, 0.5));

    // Of x = 1: (1 - 0.8 · 0.5) / 0.6; (1 - 0.6 · 0.5) / 0.8; 0.6 - 0.8 · 0.5 and 0.8 + 0.6 · 0.5
    const meanings: [Prediction, x0: number, epsilon: number][] = [
      ['epsilon', 1, 0.5],
      ['x0', 0.5, 0.875],
      ['v', 0.2, 1.1],
    ];
    for (const [prediction, x0, epsilon] of meanings) {
      it(`that is ${prediction} gives image and noise`, () => {
        const estimate = diffusionWith({ prediction }).estimate(half, images(1), level());
        expectClose(estimate.x0, [x0]);
        expectClose(estimate.epsilon, [epsilon]);
      });
    }

    it('is for the time step of the noise level, for every image', () => {
      const asked = new Telling((xt) => tf.zerosLike(xt));
      diffusion.estimate(asked, images(1, 1), level());
      expect(asked.asked).to.deep.equal([2, 2]);
    });
  });

  describe('zero terminal SNR', () => {
    it("has diffusers' ᾱ", () => {
      const schedule = new LinearSchedule(settingsOf(LinearScheduleSettings));
      const zeroed = diffusionWith({ schedule, steps: diffusers.steps, zeroTerminalSNR: true, prediction: 'v' });
      let product = 1;
      const wanted = diffusers.betas['linear, zero terminal SNR'].map((beta) => (product *= 1 - beta));
      expect(largestError([...zeroed.alphaBar], wanted)).to.be.below(1e-6);
      expect(zeroed.alphaBar.at(-1)).to.equal(0);
    });

    it('has ᾱ = 0 at the only step, too', () => {
      const schedule = new LinearSchedule(settingsOf(LinearScheduleSettings));
      const one = diffusionWith({ schedule, steps: 1, zeroTerminalSNR: true, prediction: 'v' });
      expect([...one.alphaBar]).to.deep.equal([0]);
    });

    it('is refused if the network predicts the noise', () => {
      expect(() => diffusionWith({ zeroTerminalSNR: true }))
        .to.throw(UserError, /x_T is pure noise/)
        .with.property('hints')
        .that.includes('Choose another prediction target: diffusion.prediction=v');
    });
  });

  describe('the loss', () => {
    const lossOf = (model: Telling, x0: tf.Tensor4D, at = random): number =>
      numbersOf(diffusion.loss(model, x0, at))[0]!;

    it('is the mean of ε² if the network predicts 0', () => {
      // E[ε²] = 1, and the deviation of its mean over n draws √(2 / n)
      expect(lossOf(zero, plane(0))).to.be.closeTo(1, 4 * Math.sqrt(2 / PIXELS));
    });

    it('is 0 if the network predicts the noise', () => {
      // Of a black image, x_t = √(1 - ᾱ_t) ε.
      const knowing = new Telling((xt, t) => {
        const alphaBar = tf.gather(tf.tensor1d([0.9, 0.72, 0.36]), t).reshape([-1, 1, 1, 1]);
        return xt.div(tf.sub(1, alphaBar).sqrt());
      });
      expect(lossOf(knowing, tf.zeros([20, 4, 4, 1]))).to.be.below(1e-12);
    });

    it('is 0 if the network predicts the image, with prediction=x0', () => {
      const telling = diffusionWith({ prediction: 'x0' });
      const black = new Telling((xt) => tf.fill(xt.shape, -1));
      expect(numbersOf(telling.loss(black, plane(-1), random))).to.deep.equal([0]);
    });

    it('is 0 if the network predicts the velocity, with prediction=v', () => {
      // Of a black image, x_t = √(1 - ᾱ_t) ε and v = √ᾱ_t ε.
      const knowing = new Telling((xt, t) => {
        const alphaBar = tf.gather(tf.tensor1d([0.9, 0.72, 0.36]), t).reshape([-1, 1, 1, 1]);
        return xt.div(tf.sub(1, alphaBar).sqrt()).mul(alphaBar.sqrt());
      });
      const loss = diffusionWith({ prediction: 'v' }).loss(knowing, tf.zeros([20, 4, 4, 1]), random);
      expect(numbersOf(loss)[0]).to.be.below(1e-12);
      // Of an image without noise in it, v = -√(1 - ᾱ) x₀.
      expectClose(targetOf('v', images(1), images(0), images(0.36)), [-0.8]);
    });

    it('limits the weight of a step to γ with min-SNR weighting', () => {
      // SNR = 0.9 / 0.1, 0.72 / 0.28, 0.36 / 0.64 = 9, 2.571429, 0.5625
      const weights = (prediction: Prediction) => [...minSNRWeights(diffusion.alphaBar, prediction, 1)];
      expect(largestError(weights('epsilon'), [1 / 9, 0.388889, 1])).to.be.below(1e-6);
      expect(largestError(weights('x0'), [1, 1, 0.5625])).to.be.below(1e-6);
      expect(largestError(weights('v'), [0.1, 0.28, 0.36])).to.be.below(1e-6);
    });

    it('applies these weights', () => {
      const asking = new Telling((xt) => tf.zerosLike(xt));
      const weighted = diffusionWith({ prediction: 'x0', minSNRGamma: 1 });
      const [loss] = numbersOf(weighted.loss(asking, tf.ones([100, 1, 1, 1]), random));
      const late = asking.asked.filter((t) => t === 2).length;
      expect(loss).to.be.closeTo((100 - late + 0.5625 * late) / 100, 1e-6);
    });

    it('samples every step with equal probability', () => {
      const asking = new Telling((xt) => tf.zerosLike(xt));
      lossOf(asking, tf.zeros([3000, 1, 1, 1]));
      const counts = [0, 1, 2].map((step) => asking.asked.filter((t) => t === step).length);
      expect(counts.reduce((sum, count) => sum + count, 0)).to.equal(3000);
      // Four deviations, 4 √(3000 · ⅓ · ⅔)
      for (const count of counts) expect(count).to.be.closeTo(1000, 103);
    });

    it('draws noise that is independent of the step', () => {
      const seen: number[] = [];
      const asking = new Telling((xt) => {
        seen.push(...xt.dataSync());
        return tf.zerosLike(xt);
      });
      lossOf(asking, tf.zeros([3000, 1, 1, 1]));
      for (const [step, variance] of [0.1, 0.28, 0.64].entries()) {
        const { mean, deviation } = momentsOf(seen.filter((_, image) => asking.asked[image] === step));
        // Four deviations of each, over about 1,000 draws
        expect(mean / Math.sqrt(variance)).to.be.closeTo(0, 4 / Math.sqrt(1000));
        expect(deviation / Math.sqrt(variance)).to.be.closeTo(1, 4 / Math.sqrt(2000));
      }
    });

    it('draws the same at the same training step, and differently at a different one', () => {
      expect(lossOf(zero, plane(0), random.at(1))).to.equal(lossOf(zero, plane(0), random.at(1)));
      expect(lossOf(zero, plane(0), random.at(1))).not.to.equal(lossOf(zero, plane(0), random.at(2)));
    });
  });

  it('leaks no tensors', async () => {
    const [x, t] = [images(1, 2), times(0, 1)];
    expect(await tensorsKept(() => diffusion.qSample(x, t, x).dispose())).to.equal(0);
    expect(await tensorsKept(() => diffusion.loss(zero, x, random).dispose())).to.equal(0);
  });

  describe(`with the paper's ${labml.steps} steps, is labml's`, () => {
    const schedule = new LinearSchedule(settingsOf(LinearScheduleSettings));
    const paper = new DenoiseDiffusion(settingsOf(DenoiseDiffusionSettings, { steps: labml.steps, schedule }));
    const t = (): tf.Tensor1D => times(...labml.times);
    const constant = (value: number): tf.Tensor4D => images(...labml.times.map(() => value));
    // ᾱ is taken to float32, as labml keeps it: off by up to 2⁻²⁵, which is 1.5 · 2⁻²⁵ / 2√(1 - ᾱ) = 2.2e-6 of the noise -1.5.
    const float32 = 3e-6;

    it('ᾱ', () => {
      const alphaBar = labml.times.map((time) => paper.alphaBar[time]!);
      expect(largestError(alphaBar, labml.alphaBar)).to.be.below(1e-12);
    });

    it('noised image', () => {
      expectClose(paper.qSample(constant(0.5), t(), constant(-1.5)), labml.noised, float32);
    });
  });
});
