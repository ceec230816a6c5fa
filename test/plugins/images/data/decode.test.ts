import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { decodeImage } from '../../../../plugins/images/data/decode';

const fixtures = join(__dirname, '../../../fixtures/images');

describe('decodeImage', () => {
  // What Pillow makes of the same files: test/fixtures/images/make.py.
  const expected = JSON.parse(readFileSync(join(fixtures, 'expected.json'), 'utf8')) as Record<
    string,
    Record<'stretched' | 'cropped', number[]>
  >;

  for (const [name, pillow] of Object.entries(expected)) {
    for (const way of ['stretched', 'cropped'] as const) {
      it(`decodes ${name} ${way} as Pillow does, to a few of 256 levels`, async () => {
        const image = await decodeImage(join(fixtures, 'good', name), { size: 8, crop: way === 'cropped' });
        expect(image).to.have.length(8 * 8 * 3);
        const differences = pillow[way].map((level, index) => Math.abs(level - image[index]!));
        expect(differences.reduce((sum, each) => sum + each) / differences.length).to.be.at.most(1.5);
        expect(Math.max(...differences)).to.be.at.most(way === 'stretched' ? 4 : 10);
      });
    }
  }

  // Images of noise, and what Pillow makes of them: test/fixtures/images/enlarged.py.
  for (const name of ['doubled', 'by-one', 'mixed', 'wide', 'one-side', 'turned', 'pixel']) {
    for (const way of ['stretched', 'cropped'] as const) {
      // Where one side grows and the other shrinks, libvips does the shrinking.
      const shrinks = way === 'stretched' && ['mixed', 'wide', 'turned'].includes(name);
      const [most, mean] = shrinks ? [12, 0.5] : [1, 0.5];

      it(`enlarges noise (${name}, ${way}) as Pillow does, to ${most} of 256 levels and to half a level in the mean`, async () => {
        const image = await decodeImage(join(fixtures, 'enlarged', `${name}.png`), {
          size: 32,
          crop: way === 'cropped',
        });
        const pillow = await sharp(join(fixtures, 'enlarged', `${name}.${way}.png`))
          .raw()
          .toBuffer();
        const differences = Array.from(pillow, (level, index) => Math.abs(level - image[index]!));
        expect(image).to.have.length(pillow.length);
        expect(Math.max(...differences)).to.be.at.most(most);
        expect(differences.reduce((sum, each) => sum + each) / differences.length).to.be.at.most(mean);
      });
    }
  }

  it('converts CMYK to RGB', async () => {
    // Magenta and yellow are red.
    const [red, green, blue] = await decodeImage(join(fixtures, 'cmyk/a.jpg'), { size: 8, crop: false });
    expect(red).to.be.greaterThan(200);
    expect(Math.max(green!, blue!)).to.be.lessThan(80);
  });
});
