import { expect } from 'chai';
import { join } from 'node:path';
import { UserError } from '../../../../framework/errors';
import type { Run } from '../../../../framework/experiment/run';
import { Random } from '../../../../framework/random/random';
import type { Engine } from '../../../../framework/tensorflow/engine';
import type { InMemoryDataset } from '../../../../plugins/images/data/in-memory';
import { Digits } from '../../../../plugins/images/datasets/digits';
import { DigitClassifier, DigitClassifierSettings } from '../../../../plugins/images/features/digit-classifier';
import { ConvNet, ConvNetSettings } from '../../../../plugins/images/models/convnet';
import { ImageSettings } from '../../../../plugins/images/kinds/image-dataset';
import { split } from '../../../../framework/data/split';
import { ENGINES } from '../../../support/engines';
import { rejection } from '../../../support/rejection';
import { settingsOf } from '../../../support/settings';
import { tensorsKept, withTensorFlow } from '../../../support/tensorflow';

for (const [how, make] of Object.entries(ENGINES)) {
  describe(`DigitClassifier, ${how}`, () => {
    withTensorFlow();
    let engine: Engine;
    let classifier: DigitClassifier;
    let model: ConvNet;

    beforeEach(() => {
      engine = make();
      model = new ConvNet(settingsOf(ConvNetSettings, { channels: [16, 32, 64] }));
      const run = { engine, random: Random.fromSeed(1) } as unknown as Run;
      classifier = new DigitClassifier(settingsOf(DigitClassifierSettings, { model }), run);
    });
    afterEach(() => {
      model.dispose();
      engine.close();
    });

    const digits = (imageSize = 8): InMemoryDataset => new Digits(settingsOf(ImageSettings, { imageSize }));

    /** The digits that were held out of its training, by the seed 1. */
    async function heldOut(imageSize: number) {
      const { heldOut } = split(digits(imageSize), 0.2, Random.fromSeed(1).stream('split'));
      await heldOut.open();
      return heldOut.read(Array.from({ length: heldOut.count }, (_, index) => index));
    }

    /** How many of them it tells right. */
    async function right(imageSize: number): Promise<number> {
      const { pixels, labels } = await heldOut(imageSize);
      await classifier.open([imageSize, imageSize, 1]);
      const { probabilities = new Float32Array() } = await classifier.extract(pixels);
      return labels!.filter((label, image) => {
        const row = [...probabilities.subarray(image * 10, image * 10 + 10)];
        return row.indexOf(Math.max(...row)) === label;
      }).length;
    }

    it('classifies unseen digits with the accuracy in its README', async () => {
      expect(await right(8)).to.equal(357);
    });

    it('classifies larger images of them nearly as well', async () => {
      expect(await right(28)).to.be.above(340);
    });

    it('returns 64 features and ten probabilities for each image, and leaks no tensors', async () => {
      await classifier.open([8, 8, 1]);
      const { pixels } = await heldOut(8);
      const extract = () => classifier.extract(pixels.subarray(0, 5 * 64));
      const { features, probabilities } = await extract();
      expect([features.length, probabilities!.length]).to.deep.equal([5 * classifier.width, 5 * classifier.classes]);
      const sum = probabilities!.subarray(0, 10).reduce((total, each) => total + each, 0);
      expect(sum).to.be.closeTo(1, 1e-6);
      expect(await tensorsKept(extract)).to.equal(0);
    });

    it('refuses images in colour', async () => {
      expect(await rejection(classifier.open([8, 8, 3]))).to.be.instanceOf(UserError);
    });
  });
}

describe("DigitClassifier's weights", () => {
  withTensorFlow();

  it('are refused by a different network', async () => {
    const engine = Object.values(ENGINES)[0]!();
    const model = new ConvNet(settingsOf(ConvNetSettings, { channels: [8, 16, 64] }));
    const run = { engine, random: Random.fromSeed(1) } as unknown as Run;
    const classifier = new DigitClassifier(settingsOf(DigitClassifierSettings, { model }), run);
    const error = (await rejection(classifier.open([8, 8, 1]))) as UserError;
    expect(error.text)
      .to.contain(join('digit-classifier', 'weights.safetensors'))
      .and.contain('does not match the model');
    model.dispose();
    engine.close();
  });
});
