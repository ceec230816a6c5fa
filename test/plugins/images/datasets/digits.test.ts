import { expect } from 'chai';
import { ImageSettings } from '../../../../plugins/images/kinds/image-dataset';
import { Digits } from '../../../../plugins/images/datasets/digits';
import { itBehavesLikeAnImageDataset } from '../../../../plugins/images/contracts/image-dataset';
import { settingsOf } from '../../../support/settings';

describe('Digits', () => {
  const make = (imageSize: number): Digits => new Digits(settingsOf(ImageSettings, { imageSize }));

  itBehavesLikeAnImageDataset(() => make(16), { count: 1797, shape: [16, 16, 1], classes: 10 });

  it('has the first digit of scikit-learn, scaled from 16 to 255', async () => {
    const digits = make(8);
    await digits.open();
    const { pixels, labels } = await digits.read([0]);
    // sklearn.datasets.load_digits().images[0]
    const zero = [
      [0, 0, 5, 13, 9, 1, 0, 0],
      [0, 0, 13, 15, 10, 15, 5, 0],
      [0, 3, 15, 2, 0, 11, 8, 0],
      [0, 4, 12, 0, 0, 8, 8, 0],
      [0, 5, 8, 0, 0, 9, 8, 0],
      [0, 4, 11, 0, 1, 12, 7, 0],
      [0, 2, 14, 5, 10, 12, 0, 0],
      [0, 0, 6, 13, 10, 0, 0, 0],
    ];
    expect([...pixels]).to.deep.equal(zero.flat().map((ink) => Math.round((ink * 255) / 16)));
    expect([...labels!]).to.deep.equal([0]);
  });

  it('has as many of each digit as scikit-learn', async () => {
    const digits = make(8);
    await digits.open();
    const { labels } = await digits.read(Array.from({ length: 1797 }, (_, index) => index));
    const counts = Array.from({ length: 10 }, (_, digit) => labels!.filter((label) => label === digit).length);
    // numpy.bincount(sklearn.datasets.load_digits().target)
    expect(counts).to.deep.equal([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
  });
});
