import { expect } from 'chai';
import { split } from '../../../framework/data/split';
import { UserError } from '../../../framework/errors';
import { ImageSettings } from '../../../framework/kinds/image-dataset';
import { Random } from '../../../framework/random/random';
import { Digits } from '../../../plugins/datasets/digits';
import { itBehavesLikeAnImageDataset } from '../../contracts/image-dataset';
import { rejection } from '../../support/rejection';
import { settingsOf } from '../../support/settings';

const digits = () => new Digits(settingsOf(ImageSettings, { imageSize: 8 }));
const splitDigits = (share: number, seed = 1) => split(digits(), share, Random.fromSeed(seed));

describe('the images to train on', () => {
  // 1797 / 5 = 359.4
  itBehavesLikeAnImageDataset(() => splitDigits(0.2).training, { count: 1438, shape: [8, 8, 1], classes: 10 });
});

describe('the images held out', () => {
  itBehavesLikeAnImageDataset(() => splitDigits(0.2).heldOut, { count: 359, shape: [8, 8, 1], classes: 10 });

  it('differ for a different stream', async () => {
    const [one, other] = [splitDigits(0.2).heldOut, splitDigits(0.2, 2).heldOut];
    await Promise.all([one.open(), other.open()]);
    expect(await one.read([0, 1, 2])).not.to.deep.equal(await other.read([0, 1, 2]));
  });

  it('include every class, as in a shuffle', async () => {
    const { heldOut } = splitDigits(0.2);
    await heldOut.open();
    const { labels } = await heldOut.read(Array.from({ length: 359 }, (_, index) => index));
    expect(new Set(labels).size).to.equal(10);
  });

  for (const share of [0.0001, 0.9999]) {
    it(`are refused if they are ${share} of 1797: one part would be empty`, async () => {
      const error = await rejection(splitDigits(share).heldOut.open());
      expect(error)
        .to.be.instanceOf(UserError)
        .with.property('message', `Holding out a fraction of ${share} of 1797 images leaves one part empty.`);
    });
  }
});
