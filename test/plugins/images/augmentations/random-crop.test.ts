import { expect } from 'chai';
import { UserError } from '../../../../framework/errors';
import { ImageSettings } from '../../../../plugins/images/kinds/image-dataset';
import { Random } from '../../../../framework/random/random';
import { RandomCrop, RandomCropSettings } from '../../../../plugins/images/augmentations/random-crop';
import { Digits } from '../../../../plugins/images/datasets/digits';
import { itBehavesLikeAnAugmentation } from '../../../../plugins/images/contracts/augmentation';
import { settingsOf } from '../../../support/settings';

describe('RandomCrop', () => {
  const crop = (settings: Partial<RandomCropSettings> = {}): RandomCrop =>
    new RandomCrop(settingsOf(RandomCropSettings, settings));

  itBehavesLikeAnAugmentation(() => crop({ padding: 2 }));

  /** The image 1 2 / 3 4 with a border of one pixel, written by hand. */
  const bordered: Record<RandomCropSettings['border'], number[][]> = {
    black: [
      [0, 0, 0, 0],
      [0, 1, 2, 0],
      [0, 3, 4, 0],
      [0, 0, 0, 0],
    ],
    edge: [
      [1, 1, 2, 2],
      [1, 1, 2, 2],
      [3, 3, 4, 4],
      [3, 3, 4, 4],
    ],
    reflect: [
      [4, 3, 4, 3],
      [2, 1, 2, 1],
      [4, 3, 4, 3],
      [2, 1, 2, 1],
    ],
  };
  const PLACES = [0, 1, 2];
  const COUNT = 9000;

  for (const [border, picture] of Object.entries(bordered)) {
    it(`crops at every position of an image with a border that is ${border}, with equal probability`, () => {
      const images = Uint8Array.from({ length: COUNT * 4 }, (_, index) => 1 + (index % 4));
      const settings = { padding: 1, border: border as RandomCropSettings['border'] };
      const result = crop(settings).augment(images, [2, 2, 1], Random.fromSeed(1));
      const found = new Map<string, number>();
      for (let start = 0; start < result.length; start += 4) {
        const cut = result.slice(start, start + 4).join(' ');
        found.set(cut, (found.get(cut) ?? 0) + 1);
      }
      const cuts = PLACES.flatMap((y) =>
        PLACES.map((x) => [picture[y]![x], picture[y]![x + 1], picture[y + 1]![x], picture[y + 1]![x + 1]].join(' ')),
      );
      expect([...found.keys()].sort()).to.deep.equal([...new Set(cuts)].sort());
      for (const [cut, count] of found) {
        const share = cuts.filter((each) => each === cut).length / 9;
        // Four deviations
        expect(count, cut).to.be.closeTo(COUNT * share, 4 * Math.sqrt(COUNT * share * (1 - share)));
      }
    });
  }

  it('keeps the colour channels of a pixel together', () => {
    const image = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    const cuts = Array.from({ length: 20 }, (_, step) => [
      ...crop({ padding: 1 }).augment(image, [2, 2, 3], Random.fromSeed(1).at(step)),
    ]);
    for (const cut of cuts) {
      for (let pixel = 0; pixel < 12; pixel += 3) {
        const colours = cut.slice(pixel, pixel + 3).join();
        expect(['0,0,0', '1,2,3', '4,5,6', '7,8,9', '10,11,12']).to.include(colours);
      }
    }
  });

  it('refuses a border that is as large as the image', () => {
    const dataset = new Digits(settingsOf(ImageSettings, { imageSize: 8 }));
    crop({ padding: 7 }).check(dataset);
    expect(() => crop({ padding: 8 }).check(dataset)).to.throw(
      UserError,
      'RandomCrop: padding of 8 pixels is too large for images of 8×8 pixels.',
    );
  });
});
