import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resizer } from '../../../../plugins/images/data/resize';
import type { ImageShape } from '../../../../plugins/images/kinds/image-dataset';

/** What Pillow's BILINEAR gives: test/fixtures/images/make.py. */
interface Case {
  readonly shape: ImageShape;
  readonly size: number;
  readonly image: readonly number[];
  readonly expected: readonly number[];
}

describe('resizer', () => {
  const file = join(__dirname, '../../../fixtures/images/resized.json');
  const cases = JSON.parse(readFileSync(file, 'utf8')) as Case[];

  for (const { shape, size, image, expected } of cases) {
    it(`resizes ${shape.join(' × ')} to ${size} × ${size} as Pillow does, to the nearest level but one`, () => {
      const resized = resizer(shape, size)(Uint8Array.from(image));
      const differences = expected.map((level, index) => Math.abs(level - resized[index]!));
      expect(resized).to.have.length(expected.length);
      expect(Math.max(...differences)).to.be.at.most(1);
    });
  }

  it('leaves an image that already has the size unchanged', () => {
    const image = Uint8Array.from([1, 2, 3, 4]);
    expect(resizer([2, 2, 1], 2)(image)).to.equal(image);
  });

  it('keeps a uniform image uniform', () => {
    expect(new Set(resizer([5, 7, 3], 16)(new Uint8Array(105).fill(255)))).to.deep.equal(new Set([255]));
  });
});
