import { expect } from 'chai';
import { UserError } from '../../../../framework/errors';
import { ImageSettings, type ImageShape } from '../../../../plugins/images/kinds/image-dataset';
import { Random } from '../../../../framework/random/random';
import { Flip, FlipSettings } from '../../../../plugins/images/augmentations/flip';
import { CelebA, CelebASettings } from '../../../../plugins/images/datasets/celeba';
import { Digits } from '../../../../plugins/images/datasets/digits';
import { itBehavesLikeAnAugmentation } from '../../../../plugins/images/contracts/augmentation';
import { settingsOf } from '../../../support/settings';

describe('Flip', () => {
  const flip = (probability?: number): Flip =>
    new Flip(settingsOf(FlipSettings, probability === undefined ? {} : { probability }));
  const flipped = (pixels: number[], shape: ImageShape, probability = 1): number[] => [
    ...flip(probability).augment(Uint8Array.from(pixels), shape, Random.fromSeed(1)),
  ];

  itBehavesLikeAnAugmentation(flip);

  it('mirrors each row of an image', () => {
    // 1 2 3     3 2 1
    // 4 5 6     6 5 4
    expect(flipped([1, 2, 3, 4, 5, 6], [2, 3, 1])).to.deep.equal([3, 2, 1, 6, 5, 4]);
  });

  it('keeps the colour channels of a pixel together, and images separate', () => {
    const [red, green] = [
      [255, 0, 9],
      [0, 255, 7],
    ];
    expect(flipped([...red, ...green, ...green, ...red], [1, 2, 3])).to.deep.equal([green, red, red, green].flat());
  });

  it('leaves images unchanged with probability 0', () => {
    expect(flipped([1, 2, 3, 4], [1, 4, 1], 0)).to.deep.equal([1, 2, 3, 4]);
  });

  it('flips the given fraction of the images', () => {
    const images = Array.from({ length: 10_000 }, () => [0, 1]).flat();
    const result = flipped(images, [1, 2, 1], 0.3);
    const count = result.filter((value, index) => index % 2 === 0 && value === 1).length;
    // Four deviations, 4 √(10,000 · 0.3 · 0.7)
    expect(count).to.be.closeTo(3000, 183);
  });

  it('is accepted for faces, and refused for digits', () => {
    flip().check(new CelebA(settingsOf(CelebASettings)));
    expect(() => flip().check(new Digits(settingsOf(ImageSettings)))).to.throw(
      UserError,
      'Flip: mirroring changes the meaning of images of Digits',
    );
  });
});
