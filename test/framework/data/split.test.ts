import { expect } from 'chai';
import { split } from '../../../framework/data/split';
import { UserError } from '../../../framework/errors';
import { ImageSettings } from '../../../plugins/images/kinds/image-dataset';
import { Random } from '../../../framework/random/random';
import { Digits } from '../../../plugins/images/datasets/digits';
import { rejection } from '../../support/rejection';
import { settingsOf } from '../../support/settings';

const digits = () => new Digits(settingsOf(ImageSettings, { imageSize: 8 }));
const splitDigits = (share: number, seed = 1) => split(digits(), share, Random.fromSeed(seed));

describe('the images to train on', () => {
  // 1797 / 5 = 359.4
  it('are all but those held out', async () => {
    const { training, heldOut } = splitDigits(0.2);
    await training.open();
    expect(training.count).to.equal(1438);
    expect(heldOut.fingerprint()).to.deep.equal(training.fingerprint());
  });

  it('are numbered from 0: any other index is an error', async () => {
    const { training } = splitDigits(0.2);
    await training.open();
    expect(await rejection(training.read([1438]))).to.match(/Index 1438 is out of range: 0 to 1437\.$/);
  });
});

describe('the images held out', () => {
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
        .with.property('message', `Holding out a fraction of ${share} of 1797 examples leaves one part empty.`);
    });
  }
});
