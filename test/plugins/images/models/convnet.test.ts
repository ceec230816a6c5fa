import { expect } from 'chai';
import * as tf from '../../../../framework/tensorflow/tf';
import torch from '../../../reference/torch-convnet.json';
import { UserError } from '../../../../framework/errors';
import { crossEntropy } from '../../../../framework/nn/cross-entropy';
import { gradientsOf } from '../../../../framework/nn/gradients';
import { Random } from '../../../../framework/random/random';
import { ConvNet, ConvNetSettings } from '../../../../plugins/images/models/convnet';
import { expectClose, numbersOf } from '../../../support/close';
import { settingsOf } from '../../../support/settings';
import { tensorsKept, withTensorFlow } from '../../../support/tensorflow';
import { fillWeights, torchShape } from '../../../support/weights';

describe('ConvNet', () => {
  withTensorFlow();

  const { side, imageChannels, classes, channels, blocks, groups } = torch;
  const small = { imageChannels, classes, channels, blocks, groups };
  let model: ConvNet;
  let images: tf.Tensor4D;

  const make = (settings: Partial<ConvNetSettings> = {}) =>
    new ConvNet(settingsOf(ConvNetSettings, { ...small, ...settings }));

  beforeEach(() => {
    model = make();
    // The numbers of test/reference/torch_convnet.py.
    fillWeights(model, (_, shape, position) => {
      const count = shape.reduce((product, length) => product * length, 1);
      return Array.from({ length: count }, (_, index) => 0.5 * Math.sin(position + index));
    });
    const pixels = Array.from({ length: 2 * side * side * imageChannels }, (_, index) => Math.sin(0.03 * index ** 2));
    images = tf.tensor4d(pixels, [2, side, side, imageChannels]);
  });
  afterEach(() => {
    model.dispose();
    images.dispose();
  });

  it("has the parameters of PyTorch's layers, by name and shape", () => {
    const shapes = [...model.parameters()].map(([name, parameter]) => [name, [...torchShape(parameter)]]);
    expect(Object.fromEntries(shapes)).to.deep.equal(torch.shapes);
  });

  it("has PyTorch's logits", () => {
    expectClose(model.logits(images), torch.logits.flat(), 1e-5);
  });

  it("has PyTorch's loss and gradients", () => {
    const parameters = [...model.parameters()].map(([, parameter]) => parameter);
    const loss = () => crossEntropy(model.logits(images), tf.tensor1d(torch.labels, 'int32')).mean<tf.Scalar>();
    const { value, gradients } = gradientsOf(loss, parameters);
    expectClose(value, torch.loss, 1e-5);
    for (const [name, norm] of Object.entries(torch.gradientNorms)) {
      const gradient = gradients.get(parameters.find((parameter) => parameter.name === name)!);
      expectClose(tf.norm(gradient!), norm, 1e-5);
    }
  });

  it('applies no dropout without randomness, and a different mask at each step with it', () => {
    const random = Random.fromSeed(1);
    const dropping = make({ dropout: 0.5 });
    dropping.initialize(random);
    const logits = (from?: Random) => numbersOf(dropping.logits(images, from));
    expect(logits()).to.deep.equal(logits());
    expect(logits(random.at(1))).to.deep.equal(logits(random.at(1)));
    expect(logits(random.at(1))).not.to.deep.equal(logits(random.at(2)));
    dropping.dispose();
  });

  it('refuses channels that do not divide into groups', () => {
    expect(() => make({ channels: [4, 5] })).to.throw(UserError, '2 groups do not divide 5 channels');
  });

  it('leaks no tensors', async () => {
    expect(await tensorsKept(() => model.logits(images).dispose())).to.equal(0);
    expect(await tensorsKept(() => model.logits(images, Random.fromSeed(1)).dispose())).to.equal(0);
  });
});
