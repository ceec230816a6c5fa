import { strict as assert } from 'node:assert';
import { Random } from 'explab';
import { currentRunner, type TestRunner } from 'explab/testing';
import type { Augmentation } from '../kinds/augmentation';
import type { ImageShape } from '../kinds/image-dataset';

const IMAGES = 12;

/**
 * What holds for every augmentation; a plugin's test calls it within its own `describe`.
 * @param make one that is likely to change some of twelve images
 * @param runner by default the one whose functions are global, or node:test
 */
export function itBehavesLikeAnAugmentation(make: () => Augmentation, runner = currentRunner()): void {
  const { describe } = runner;
  describe('as an augmentation', () => {
    for (const shape of [
      [8, 8, 1],
      [8, 6, 3],
    ] as const) {
      describe(`of images of ${shape.join('×')}`, () => itVariesImages(make, shape, runner));
    }
  });
}

function itVariesImages(make: () => Augmentation, shape: ImageShape, { it }: TestRunner): void {
  const size = shape[0] * shape[1] * shape[2];
  const random = Random.fromSeed(1).stream('augment');
  const images = (count = IMAGES): Uint8Array =>
    Uint8Array.from({ length: count * size }, (_, index) => (index * index * 7 + index) % 256);
  const augment = (from = random.at(1), pixels = images()): Uint8Array => make().augment(pixels, shape, from);

  it('returns the same number of bytes, and does not change its input', () => {
    const original = images();
    const result = augment(random.at(1), original);
    assert.ok(result instanceof Uint8Array);
    assert.equal(result.length, original.length);
    assert.deepEqual(original, images());
    result.fill(77);
    assert.deepEqual(original, images());
  });

  it('returns the same for a stream at a step, from any instance', () => {
    const augmentation = make();
    const first = augmentation.augment(images(), shape, random.at(3));
    augmentation.augment(images(), shape, random.at(4));
    assert.deepEqual(augmentation.augment(images(), shape, random.at(3)), first);
    assert.deepEqual(augment(random.at(3)), first);
  });

  it('returns different images at a different step, and for a different stream', () => {
    assert.notDeepEqual(augment(random.at(2)), augment(random.at(1)));
    assert.notDeepEqual(augment(random.stream('other').at(1)), augment(random.at(1)));
  });

  it('varies each image independently', () => {
    const copies = Uint8Array.from(Array.from({ length: IMAGES }, () => [...images(1)]).flat());
    const varied = augment(random.at(1), copies);
    const versions = Array.from({ length: IMAGES }, (_, image) =>
      varied.slice(image * size, (image + 1) * size).join(),
    );
    assert.ok(new Set(versions).size > 1, 'copies of one image are all changed in the same way');
  });

  it('returns nothing for no images', () => {
    assert.equal(augment(random.at(1), new Uint8Array()).length, 0);
  });
}
