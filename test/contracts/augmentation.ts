import { expect } from 'chai';
import type { Augmentation } from '../../plugins/images/kinds/augmentation';
import type { ImageShape } from '../../plugins/images/kinds/image-dataset';
import { Random } from '../../framework/random/random';

const IMAGES = 12;

/**
 * What holds for every augmentation; a plugin's test calls it within its own `describe`.
 * @param make one that is likely to change some of twelve images
 */
export function itBehavesLikeAnAugmentation(make: () => Augmentation): void {
  describe('as an augmentation', () => {
    for (const shape of [
      [8, 8, 1],
      [8, 6, 3],
    ] as const) {
      describe(`of images of ${shape.join('×')}`, () => itVariesImages(make, shape));
    }
  });
}

function itVariesImages(make: () => Augmentation, shape: ImageShape): void {
  const size = shape[0] * shape[1] * shape[2];
  const random = Random.fromSeed(1).stream('augment');
  const images = (count = IMAGES): Uint8Array =>
    Uint8Array.from({ length: count * size }, (_, index) => (index * index * 7 + index) % 256);
  const augment = (from = random.at(1), pixels = images()): Uint8Array => make().augment(pixels, shape, from);

  it('returns the same number of bytes, and does not change its input', () => {
    const original = images();
    const result = augment(random.at(1), original);
    expect(result).to.be.an.instanceOf(Uint8Array);
    expect(result).to.have.length(original.length);
    expect(original).to.deep.equal(images());
    result.fill(77);
    expect(original).to.deep.equal(images());
  });

  it('returns the same for a stream at a step, from any instance', () => {
    const augmentation = make();
    const first = augmentation.augment(images(), shape, random.at(3));
    augmentation.augment(images(), shape, random.at(4));
    expect(augmentation.augment(images(), shape, random.at(3))).to.deep.equal(first);
    expect(augment(random.at(3))).to.deep.equal(first);
  });

  it('returns different images at a different step, and for a different stream', () => {
    expect(augment(random.at(2))).not.to.deep.equal(augment(random.at(1)));
    expect(augment(random.stream('other').at(1))).not.to.deep.equal(augment(random.at(1)));
  });

  it('varies each image independently', () => {
    const copies = Uint8Array.from(Array.from({ length: IMAGES }, () => [...images(1)]).flat());
    const varied = augment(random.at(1), copies);
    const versions = Array.from({ length: IMAGES }, (_, image) =>
      varied.slice(image * size, (image + 1) * size).join(),
    );
    expect(new Set(versions).size).to.be.greaterThan(1);
  });

  it('returns nothing for no images', () => {
    expect(augment(random.at(1), new Uint8Array())).to.have.length(0);
  });
}
