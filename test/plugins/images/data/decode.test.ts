import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { decodeImage } from '../../../../plugins/images/data/decode';
import { decodePlain } from '../../../../plugins/images/data/decode-plain';
import { photo as photograph } from '../../../bench/photos';
import { rejection } from '../../../support/rejection';
import { temporaryFolder } from '../../../support/temporary';

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

  describe('of photographs', () => {
    const folder = temporaryFolder();
    const write = async (name: string, image: sharp.Sharp): Promise<string> => {
      const file = join(folder(), name);
      await image.toFile(file);
      return file;
    };
    /** A file that both decoders can read, whose colours are those of a photograph. */
    const photo = async () => sharp(await photograph(1), { raw: { width: 178, height: 218, channels: 3 } });

    it('gives the same from both decoders, to a few of 256 levels', async () => {
      for (const name of ['a.jpg', 'a.png', 'progressive.jpg']) {
        const file = await write(
          name,
          (await photo()).toFormat(name.endsWith('png') ? 'png' : 'jpeg', { progressive: name !== 'a.jpg' }),
        );
        const plain = await decodePlain(file, 32);
        // With a colour profile, which is sRGB itself, it is not plain.
        const other = await write(`profile-${name}`, sharp(file).withIccProfile('srgb'));
        expect(await decodePlain(other, 32)).to.equal(undefined);
        const differences = Array.from(await decodeImage(other, { size: 32, crop: false }), (level, index) =>
          Math.abs(level - plain![index]!),
        );
        expect(Math.max(...differences), name).to.be.at.most(8);
        expect(differences.reduce((sum, each) => sum + each) / differences.length, name).to.be.at.most(1);
      }
    });

    it('leaves to libvips what is not upright, sRGB, 8 bits and three channels, and what is cut off', async () => {
      const others = {
        'turned.jpg': (await photo()).withExif({ IFD0: { Orientation: '6' } }),
        'grey.jpg': (await photo()).toColourspace('b-w'),
        'cmyk.jpg': (await photo()).toColourspace('cmyk'),
        'grey.png': (await photo()).toColourspace('b-w'),
        'alpha.png': (await photo()).ensureAlpha(0.5),
        '16.png': (await photo()).toColourspace('rgb16'),
        'image.jpg': (await photo()).webp(),
      };
      for (const [name, image] of Object.entries(others))
        expect(await decodePlain(await write(name, image), 32), name).to.equal(undefined);
      const whole = readFileSync(await write('whole.jpg', await photo()));
      for (const length of [0, 1, 60, whole.length - 1, whole.length / 2]) {
        writeFileSync(join(folder(), 'cut.jpg'), whole.subarray(0, length));
        expect(await decodePlain(join(folder(), 'cut.jpg'), 32), `${length} bytes`).to.equal(undefined);
      }
    });

    it('leaves to libvips what has a sector of zeros, or bytes that no scan has', async () => {
      const file = await write('a.jpg', await photo());
      const whole = readFileSync(file);
      for (const level of [0, 0xff]) {
        writeFileSync(file, Buffer.from(whole).fill(level, 4096, 4096 + 512));
        expect(await decodePlain(file, 32), String(level)).to.equal(undefined);
      }
      const error = (await rejection(decodeImage(file, { size: 32, crop: false }))) as Error;
      expect(error.message).to.equal(`${file} cannot be decoded: Corrupt JPEG data: premature end of data segment.`);
    });
  });

  it('converts CMYK to RGB', async () => {
    // Magenta and yellow are red.
    const [red, green, blue] = await decodeImage(join(fixtures, 'cmyk/a.jpg'), { size: 8, crop: false });
    expect(red).to.be.greaterThan(200);
    expect(Math.max(green!, blue!)).to.be.lessThan(80);
  });
});
