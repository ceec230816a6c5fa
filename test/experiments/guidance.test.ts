import { expect } from 'chai';
import * as tf from '../../framework/tensorflow/tf';
import diffusers from '../reference/diffusers-guidance.json';
import { conditioned, dropLabels } from '../../experiments/diffuse/guidance';
import { Sampling } from '../../experiments/diffuse/sampling';
import { NoisePredictor } from '../../plugins/diffusion/kinds/noise-predictor';
import { Random } from '../../framework/random/random';
import { DenoiseDiffusion, DenoiseDiffusionSettings } from '../../plugins/diffusion/denoise-diffusion';
import type { Prediction } from '../../plugins/diffusion/denoise-diffusion/prediction';
import { LinearSchedule, LinearScheduleSettings } from '../../plugins/diffusion/noise-schedules/linear';
import { DDIM, DDIMSettings } from '../../plugins/diffusion/samplers/ddim';
import { expectClose, numbersOf } from '../support/close';
import { ENGINES } from '../support/engines';
import { settingsOf } from '../support/settings';
import { tensorsKept, withTensorFlow } from '../support/tensorflow';

/** How a network of two classes answers. The label 2 is that of no class. */
type Tell = (xt: tf.Tensor4D, t: tf.Tensor1D, labels: tf.Tensor1D) => tf.Tensor;

class Telling extends NoisePredictor {
  override readonly classes = 2;
  readonly batches: number[] = [];

  constructor(private readonly tell: Tell) {
    super();
  }

  predict(xt: tf.Tensor4D, t: tf.Tensor1D, _?: Random, labels?: tf.Tensor1D): tf.Tensor4D {
    this.batches.push(xt.shape[0]);
    return tf.tidy(() => this.tell(xt, t, labels ?? tf.fill([xt.shape[0]], 2, 'int32')) as tf.Tensor4D);
  }
}

/** Numbers by label, shaped to go with images. */
const byLabel = (labels: tf.Tensor1D, ...values: number[]): tf.Tensor =>
  tf.reshape(tf.gather(tf.tensor1d(values), labels), [-1, 1, 1, 1]);

describe('Guidance', () => {
  withTensorFlow();

  /** 1 of the first class, 2 of the second, 5 of none; and what is in the image. */
  const model = new Telling((xt, _, labels) => tf.add(xt, byLabel(labels, 1, 2, 5)));
  const xt = (): tf.Tensor4D => tf.tensor4d([0, 10], [2, 1, 1, 1]);
  const t = (): tf.Tensor1D => tf.tensor1d([3, 3]);
  const labels = (): tf.Tensor1D => tf.tensor1d([0, 1], 'int32');
  const mixed = (scale: number | tf.Scalar): tf.Tensor4D => conditioned(model, labels(), scale).predict(xt(), t());

  it('extrapolates from the unconditional output through the conditional one: s = 1 + w', () => {
    // w = 2: 3 · 1 - 2 · 5 = -7 and 3 · 12 - 2 · 15 = 6
    expectClose(mixed(3), [-7, 6]);
    // w = 0.5: 1.5 · 1 - 0.5 · 5 = -1 and 1.5 · 12 - 0.5 · 15 = 10.5
    expectClose(mixed(1.5), [-1, 10.5]);
    expectClose(mixed(tf.scalar(1.5)), [-1, 10.5]);
  });

  it('is the conditional network with s = 1, and the unconditional one with s = 0', () => {
    expectClose(mixed(1), [1, 12]);
    expectClose(mixed(tf.scalar(1)), [1, 12]);
    expectClose(mixed(0), [5, 15]);
    expectClose(conditioned(model).predict(xt(), t()), [5, 15]);
  });

  it('calls the network once, with the batch doubled, or as it is with s = 1', () => {
    const batchesOf = (scale: number): number[] => {
      model.batches.length = 0;
      mixed(scale).dispose();
      return [...model.batches];
    };
    expect(batchesOf(3)).to.deep.equal([4]);
    expect(batchesOf(1)).to.deep.equal([2]);
  });

  it('is the same whether the network predicts ε, x₀ or v', () => {
    // At ᾱ = 0.36, where x = 0.6 x₀ + 0.8 ε and v = 0.6 ε - 0.8 x₀.
    const level = () => ({ t: tf.scalar(500), signal: tf.scalar(0.6), noise: tf.scalar(0.8) });
    const epsilon: Tell = (_, __, labels) => byLabel(labels, 0.3, -0.5, 0.1);
    const x0: Tell = (xt, t, labels) => tf.div(tf.sub(xt, tf.mul(0.8, epsilon(xt, t, labels))), 0.6);
    const v: Tell = (xt, t, labels) => tf.sub(tf.mul(0.6, epsilon(xt, t, labels)), tf.mul(0.8, x0(xt, t, labels)));
    const output: Record<Prediction, Tell> = { epsilon, x0, v };
    for (const [prediction, tell] of Object.entries(output)) {
      const settings = {
        schedule: new LinearSchedule(settingsOf(LinearScheduleSettings)),
        prediction: prediction as Prediction,
      };
      const diffusion = new DenoiseDiffusion(settingsOf(DenoiseDiffusionSettings, settings));
      const estimate = diffusion.estimate(conditioned(new Telling(tell), labels(), 3), xt(), level());
      // 3 · 0.3 - 2 · 0.1 = 0.7 and 3 · -0.5 - 2 · 0.1 = -1.7; (0 - 0.8 · 0.7) / 0.6 and (10 + 0.8 · 1.7) / 0.6
      expectClose(estimate.epsilon, [0.7, -1.7], 1e-5);
      expectClose(estimate.x0, [-0.933333, 18.933333], 1e-5);
    }
  });

  it('leaks no tensors', async () => {
    const inputs = [xt(), t(), labels()] as const;
    expect(await tensorsKept(() => conditioned(model, inputs[2], 3).predict(inputs[0], inputs[1]).dispose())).to.equal(
      0,
    );
  });
});

describe('Labels with dropout', () => {
  withTensorFlow();
  const random = Random.fromSeed(1);
  const COUNT = 10_000;
  const dropped = (share: number, step = 1): number[] => {
    const labels = tf.tensor1d(
      Array.from({ length: COUNT }, (_, index) => index % 2),
      'int32',
    );
    return numbersOf(dropLabels(labels, 2, share, random.at(step)));
  };

  it('are replaced by no class with the given probability, and unchanged otherwise', () => {
    const labels = dropped(0.1);
    const count = labels.filter((label) => label === 2).length;
    // Four deviations, 4 √(10,000 · 0.1 · 0.9)
    expect(count).to.be.closeTo(1000, 120);
    expect(labels.every((label, index) => label === 2 || label === index % 2)).to.equal(true);
  });

  it('are all kept with probability 0, and all dropped with 1', () => {
    expect(dropped(0)).not.to.include(2);
    expect(new Set(dropped(1))).to.deep.equal(new Set([2]));
  });

  it('are the same at the same step, and differ at a different one', () => {
    expect(dropped(0.5, 1)).to.deep.equal(dropped(0.5, 1));
    expect(dropped(0.5, 1)).not.to.deep.equal(dropped(0.5, 2));
  });
});

for (const [how, make] of Object.entries(ENGINES)) {
  describe(`Sampling with guidance, ${how}`, () => {
    withTensorFlow();

    const schedule = new LinearSchedule(settingsOf(LinearScheduleSettings));
    const diffusion = new DenoiseDiffusion(settingsOf(DenoiseDiffusionSettings, { schedule }));
    const { mean, deviation, start, labels, steps } = diffusers;

    /** The best answer about grey values around 0.7 and -0.7, as in diffusers_guidance.py. */
    const best: Tell = (xt, t, labels) => {
      const alphaBar = tf.reshape(
        tf.gather(tf.tensor1d(Float32Array.from(diffusion.alphaBar)), tf.cast(t, 'int32')),
        [-1, 1, 1, 1],
      );
      const [signal, noise] = [tf.sqrt(alphaBar), tf.sqrt(tf.sub(1, alphaBar))];
      const variance = tf.add(tf.mul(alphaBar, deviation ** 2), tf.sub(1, alphaBar));
      const either = tf.mul(mean, tf.tanh(tf.div(tf.mul(tf.mul(mean, signal), xt), variance)));
      const isNone = tf.equal(tf.reshape(labels, [-1, 1, 1, 1]), tf.scalar(2, 'int32'));
      const around = tf.where(isNone, either, tf.mul(byLabel(labels, mean, -mean, 0), tf.onesLike(xt)));
      const gain = tf.div(tf.mul(signal, deviation ** 2), variance);
      const x0 = tf.add(around, tf.mul(gain, tf.sub(xt, tf.mul(signal, around))));
      return tf.div(tf.sub(xt, tf.mul(signal, x0)), noise);
    };

    for (const [scale, trajectory] of Object.entries(diffusers.trajectories)) {
      it(`with s = ${scale} follows the trajectory of diffusers' pipelines`, async () => {
        const engine = make();
        const model = new Telling(best);
        const sampling = new Sampling({ engine, model, diffusion, guidance: Number(scale) });
        const stages = new DDIM(settingsOf(DDIMSettings, { steps, clip: false })).steps(diffusion.alphaBar);
        let state = sampling.begin(tf.tensor4d(start, [start.length, 1, 1, 1]), labels);
        for (const [index, stage] of stages.entries()) {
          const noise = { random: Random.fromSeed(1), images: start.map((_, image) => image) };
          state = await sampling.step(state, stage, stages.length - 1 - index, noise);
          const size = Math.max(1, ...trajectory[index]!.map(Math.abs));
          expectClose(state.x.clone(), trajectory[index]!, 1e-5 * size);
        }
        tf.dispose([state.x, state.history]);
        engine.close();
      });
    }
  });
}
