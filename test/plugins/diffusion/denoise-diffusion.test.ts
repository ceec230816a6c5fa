import { expect } from 'chai';
import { NoiseSchedule } from '../../../framework/kinds/noise-schedule';
import { Random } from '../../../framework/random/random';
import * as tf from '../../../framework/tensorflow/tf';
import { DenoiseDiffusion, DenoiseDiffusionSettings } from '../../../plugins/diffusion/denoise-diffusion';
import { LinearSchedule, LinearScheduleSettings } from '../../../plugins/diffusion/linear-schedule';
import labml from '../../reference/labml-diffusion.json';
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

  const diffusion = new DenoiseDiffusion(
    settingsOf(DenoiseDiffusionSettings, { steps: 3, schedule: new ThreeSteps() }),
  );
  const random = Random.fromSeed(1);
  const zero = new Telling((xt) => tf.zerosLike(xt));

  /** An image of one pixel for each value. */
  const images = (...values: number[]): tf.Tensor4D => tf.tensor4d(values, [values.length, 1, 1, 1]);
  const times = (...values: number[]): tf.Tensor1D => tf.tensor1d(values, 'int32');
  const plane = (value: number): tf.Tensor4D => tf.fill([1, 100, 100, 1], value);

  it('has α = 1 - β, and ᾱ, the product of the α so far', () => {
    expect(diffusion.steps).to.equal(3);
    expect(largestError([...diffusion.beta], [0.1, 0.2, 0.5])).to.be.below(1e-7);
    expect(largestError([...diffusion.alpha], [0.9, 0.8, 0.5])).to.be.below(1e-7);
    expect(largestError([...diffusion.alphaBar], [0.9, 0.72, 0.36])).to.be.below(1e-7);
  });

  it('dissolves an image to √ᾱ x₀ with the variance 1 - ᾱ', () => {
    const { mean, variance } = diffusion.qXtX0(images(1, -1, 0.5), times(0, 1, 2));
    // √0.9 = 0.948683, √0.72 = 0.848528, √0.36 / 2 = 0.3
    expectClose(mean, [0.948683, -0.848528, 0.3]);
    expectClose(variance, [0.1, 0.28, 0.64]);
  });

  it('mixes image and noise by √ᾱ and √(1 - ᾱ)', () => {
    // √0.72 · 1 + √0.28 · 2 = 0.848528 + 1.058301, and √0.36 · 1 + √0.64 · 2 = 0.6 + 1.6
    expectClose(diffusion.qSample(images(1, 1), times(1, 2), images(2, 2)), [1.906829, 2.2]);
  });

  describe('drawing the step before', () => {
    it('takes the told noise out of the image', () => {
      const half = new Telling((xt) => tf.fill(xt.shape, 0.5));
      // At t = 0 without noise: (1 - 0.1 / √0.1 · 0.5) / √0.9 = 0.841886 / 0.948683
      expectClose(diffusion.pSample(half, images(1), times(0), random), [0.887426]);
      // At t = 2 around (1 - 0.5 / √0.64 · 0.5) / √0.5 = 0.6875 / 0.707107, with the variance 0.5
      const draws = numbersOf(diffusion.pSample(half, plane(1), times(2), random));
      const { mean, deviation } = momentsOf(draws);
      expect(mean).to.be.closeTo(0.972272, (4 * Math.sqrt(0.5)) / Math.sqrt(PIXELS));
      expect(deviation).to.be.closeTo(Math.sqrt(0.5), 0.02);
    });

    it('adds no noise at the last step', () => {
      const step = (seed: number): number[] =>
        numbersOf(diffusion.pSample(zero, images(0.3, -0.7), times(0, 0), Random.fromSeed(seed)));
      expect(step(1)).to.deep.equal(step(2));
      expect(largestError(step(1), [0.3 / Math.sqrt(0.9), -0.7 / Math.sqrt(0.9)])).to.be.below(1e-6);
    });

    it('adds noise before, another of another stream', () => {
      const step = (seed: number): number[] =>
        numbersOf(diffusion.pSample(zero, images(0.3), times(1), Random.fromSeed(seed)));
      expect(step(1)).to.deep.equal(step(1));
      expect(step(1)).not.to.deep.equal(step(2));
    });

    it('takes each image of a batch at its own step', () => {
      const [first, second] = numbersOf(diffusion.pSample(zero, images(0.9, 0.9), times(0, 2), random)) as [
        number,
        number,
      ];
      expect(first).to.be.closeTo(0.9 / Math.sqrt(0.9), 1e-6);
      expect(second).not.to.be.closeTo(0.9 / Math.sqrt(0.5), 1e-3);
    });

    it('asks the predictor about this step', () => {
      const asked = new Telling((xt) => tf.zerosLike(xt));
      diffusion.pSample(asked, images(1, 1), times(2, 1), random).dispose();
      expect(asked.asked).to.deep.equal([2, 1]);
    });
  });

  describe('the loss', () => {
    const lossOf = (model: Telling, x0: tf.Tensor4D, at = random): number =>
      numbersOf(diffusion.loss(model, x0, at))[0]!;

    it('is the mean of ε² where no noise is told', () => {
      // E[ε²] = 1, and the deviation of its mean over n draws √(2 / n)
      expect(lossOf(zero, plane(0))).to.be.closeTo(1, 4 * Math.sqrt(2 / PIXELS));
    });

    it('is nothing where the noise is told', () => {
      // Of a black image, x_t = √(1 - ᾱ_t) ε.
      const knowing = new Telling((xt, t) => {
        const alphaBar = tf.gather(tf.tensor1d([0.9, 0.72, 0.36]), t).reshape([-1, 1, 1, 1]);
        return xt.div(tf.sub(1, alphaBar).sqrt());
      });
      expect(lossOf(knowing, tf.zeros([20, 4, 4, 1]))).to.be.below(1e-12);
    });

    it('asks about every step equally often', () => {
      const asking = new Telling((xt) => tf.zerosLike(xt));
      lossOf(asking, tf.zeros([3000, 1, 1, 1]));
      const counts = [0, 1, 2].map((step) => asking.asked.filter((t) => t === step).length);
      expect(counts.reduce((sum, count) => sum + count, 0)).to.equal(3000);
      // Four deviations, 4 √(3000 · ⅓ · ⅔)
      for (const count of counts) expect(count).to.be.closeTo(1000, 103);
    });

    it('draws noise that has nothing to do with the step', () => {
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

    it('draws the same at the same step, and otherwise at another', () => {
      expect(lossOf(zero, plane(0), random.at(1))).to.equal(lossOf(zero, plane(0), random.at(1)));
      expect(lossOf(zero, plane(0), random.at(1))).not.to.equal(lossOf(zero, plane(0), random.at(2)));
    });
  });

  it('keeps no tensor', async () => {
    const [x, t] = [images(1, 2), times(0, 1)];
    expect(await tensorsKept(() => diffusion.qSample(x, t, x).dispose())).to.equal(0);
    expect(await tensorsKept(() => diffusion.pSample(zero, x, t, random).dispose())).to.equal(0);
    expect(await tensorsKept(() => diffusion.loss(zero, x, random).dispose())).to.equal(0);
  });

  describe(`with the paper's ${labml.steps} steps, is labml's`, () => {
    const schedule = new LinearSchedule(settingsOf(LinearScheduleSettings));
    const paper = new DenoiseDiffusion(settingsOf(DenoiseDiffusionSettings, { steps: labml.steps, schedule }));
    const t = (): tf.Tensor1D => times(...labml.times);
    const constant = (value: number): tf.Tensor4D => images(...labml.times.map(() => value));
    // ᾱ is kept in float32, as labml keeps it: off by up to 2⁻²⁵, which is 1.5 · 2⁻²⁵ / 2√(1 - ᾱ) = 2.2e-6 of the noise -1.5.
    const float32 = 3e-6;

    it('β and ᾱ', () => {
      expectClose(tf.gather(paper.beta, t()), labml.beta, 1e-9);
      expectClose(tf.gather(paper.alphaBar, t()), labml.alphaBar, 1e-7);
    });

    it('noised image', () => {
      expectClose(paper.qSample(constant(0.5), t(), constant(-1.5)), labml.noised, float32);
    });

    it('mean of the step before', () => {
      const quarter = new Telling((xt) => xt.mul<tf.Tensor4D>(0.25).add(0.1));
      const drawn = paper.pSample(quarter, images(...labml.noised), t(), random);
      // What was added is σ_t z at every step but the last.
      const sigma = images(...labml.beta.map((beta, index) => (index === 0 ? 0 : Math.sqrt(beta))));
      const mean = tf.sub(drawn, sigma.mul(random.normal<tf.Rank.R4>([labml.times.length, 1, 1, 1])));
      expectClose(mean, labml.mean, float32);
    });
  });
});
