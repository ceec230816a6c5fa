import { expect } from 'chai';
import * as tf from '../../../../../framework/tensorflow/tf';
import { UserError } from '../../../../../framework/errors';
import { Random } from '../../../../../framework/random/random';
import { UNet, UNetSettings } from '../../../../../plugins/diffusion/models/unet';
import { numbersOf } from '../../../../support/close';
import { settingsOf } from '../../../../support/settings';
import { tensorsKept, withTensorFlow } from '../../../../support/tensorflow';

describe('UNet', () => {
  withTensorFlow();

  const random = Random.fromSeed(1);
  const small: Partial<UNetSettings> = {
    imageChannels: 1,
    channels: 16,
    multipliers: [1, 2],
    attention: [false, true],
    blocks: 1,
    groups: 8,
  };
  const unet = (settings: Partial<UNetSettings> = {}): UNet =>
    new UNet(settingsOf(UNetSettings, { ...small, ...settings }));

  function initialized(settings: Partial<UNetSettings> = {}): UNet {
    const model = unet(settings);
    model.initialize(random);
    return model;
  }

  const images = (side: number): tf.Tensor4D => random.stream('images').normal([2, side, side, 1]);
  const times = (): tf.Tensor1D => tf.tensor1d([3, 700], 'int32');
  const predict = (model: UNet, from?: Random): number[] => numbersOf(model.predict(images(8), times(), from));

  it('predicts noise in the shape of the images, which need not be square', () => {
    const model = initialized({ imageChannels: 3 });
    const y = model.predict(tf.zeros([2, 8, 4, 3]), times());
    expect(y.shape).to.deep.equal([2, 8, 4, 3]);
    expect(y.dataSync().every(Number.isFinite)).to.equal(true);
    model.dispose();
  });

  it('depends on the time step', () => {
    const model = initialized();
    const at = (t: number): number[] => numbersOf(model.predict(tf.zeros([1, 8, 8, 1]), tf.tensor1d([t], 'int32')));
    expect(at(3)).not.to.deep.equal(at(4));
    model.dispose();
  });

  it('applies no dropout without randomness', () => {
    const model = initialized({ dropout: 0.9 });
    expect(predict(model)).to.deep.equal(predict(model));
    model.dispose();
  });

  it('applies dropout during training, with a different mask at each step', () => {
    const model = initialized();
    const dropped = (step: number): number[] => predict(model, random.at(step));
    expect(dropped(1)).to.deep.equal(dropped(1));
    expect(dropped(1)).not.to.deep.equal(dropped(2));
    expect(dropped(1)).not.to.deep.equal(predict(model));
    model.dispose();
  });

  it('uses a separate random stream for dropout in each block', () => {
    // A predictor whose blocks shared a stream would draw fewer different masks than it has dropouts.
    const streams: string[] = [];
    const listening = (name: string): Random =>
      Object.assign(Object.create(random) as Random, {
        stream: (inner: string) => listening(`${name}/${inner}`),
        seeds: () => {
          streams.push(name);
          return tf.tensor1d([1, 2], 'int32');
        },
      });
    const model = initialized();
    predict(model, listening(''));
    // Two blocks on the way down, two in the middle, two for each resolution on the way up.
    expect(streams).to.have.length(8);
    expect(new Set(streams)).to.have.length(8);
    model.dispose();
  });

  it('refuses images that cannot be downsampled often enough', () => {
    const model = initialized({ multipliers: [1, 2, 1], attention: [false, false, false] });
    expect(() => model.predict(images(6), times())).to.throw(UserError, '6×6 pixels cannot be downsampled 2 times');
    model.dispose();
  });

  it('refuses lists of different lengths', () => {
    expect(() => unet({ attention: [true] })).to.throw(UserError, 'multipliers has 2 items and model.attention 1');
  });

  /** What settings are refused with, before any part of the network is made. */
  const refused: [settings: Partial<UNetSettings>, message: string, hint: string][] = [
    [{ groups: 32 }, 'model.groups=32 does not divide 16 channels', 'model.groups=16, or one of 1, 2, 4, 8, 16'],
    [{ channels: 20, groups: 4 }, 'model.finalGroups=8 does not divide 20 channels', 'model.finalGroups=5'],
    [{ heads: 3 }, 'model.heads=3 does not divide 32 channels', 'model.headSize=16'],
    [{ timeChannels: 20 }, 'model.timeChannels=20 is not a multiple of 8', 'model.timeChannels=24'],
    [
      { channels: 17, groups: 1, finalGroups: 1 },
      'model.timeChannels=68 is not a multiple of 8',
      'model.timeChannels=72',
    ],
  ];
  for (const [settings, message, hint] of refused) {
    it(`refuses ${JSON.stringify(settings)}`, () => {
      expect(() => unet(settings))
        .to.throw(UserError, message)
        .with.nested.property('hints[0]')
        .that.contains(hint);
    });
  }

  it('divides the channels among the heads, unless their size is given', () => {
    const shapeOf = (settings: Partial<UNetSettings>) =>
      Object.fromEntries([...unet(settings).parameters()].map(([name, { shape }]) => [name, shape]));
    // Of 32 channels each of four heads has 8: 3 · 4 · 8 and 4 · 8; of size 5: 3 · 4 · 5 and 4 · 5.
    const shared = shapeOf({ heads: 4 });
    expect(shared['down.2.attn.projection.weight']).to.deep.equal([96, 32]);
    expect(shared['down.2.attn.output.weight']).to.deep.equal([32, 32]);
    const options = shapeOf({ heads: 4, headSize: 5 });
    expect(options['down.2.attn.projection.weight']).to.deep.equal([60, 32]);
    expect(options['down.2.attn.output.weight']).to.deep.equal([32, 20]);
  });

  it('leaks no tensors, with gradients and without', async () => {
    const [model, x, t] = [initialized(), images(8), times()];
    model.predict(x, t).dispose();
    expect(await tensorsKept(() => model.predict(x, t).dispose())).to.equal(0);
    expect(await tensorsKept(() => model.predict(x, t, random).dispose())).to.equal(0);
    model.dispose();
  });
});
