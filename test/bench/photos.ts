import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import sharp from 'sharp';

const WIDTH = 178;
const HEIGHT = 218;

/** Side of the random grid that each layer enlarges: in photographs, detail is the fainter the finer it is. */
const LAYERS = [3, 7, 17, 41, 97];

/** Formats of the files. */
export const FORMATS = ['jpeg', 'png'] as const;

/** Pictures that differ: making one takes as long as reading a hundred. */
const MAX_PICTURES = 64;

/** Writes images of the size of CelebA's, with colours and detail as a photograph has, the same each time: into a folder for each format. */
export async function makePhotos(root: string, count: number): Promise<void> {
  for (const format of FORMATS) mkdirSync(join(root, format));
  for (let picture = 0; picture < Math.min(count, MAX_PICTURES); picture++) {
    const image = sharp(await photo(picture), { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
    const [jpeg, png] = [await image.jpeg({ quality: 90 }).toBuffer(), await image.png().toBuffer()];
    for (let index = picture; index < count; index += MAX_PICTURES) {
      const name = String(index + 1).padStart(6, '0');
      writeFileSync(join(root, 'jpeg', `${name}.jpg`), jpeg);
      writeFileSync(join(root, 'png', `${name}.png`), png);
    }
  }
}

/** RGB bytes of a picture with the colours and detail of a photograph. */
export async function photo(seed: number): Promise<Uint8Array> {
  const generator = xoroshiro128plus(seed);
  const pixels = new Float32Array(WIDTH * HEIGHT * 3).fill(128);
  for (const [depth, side] of LAYERS.entries()) {
    const grid = Uint8Array.from({ length: side * side * 3 }, () => uniformInt(generator, 0, 255));
    const layer = sharp(grid, { raw: { width: side, height: side, channels: 3 } });
    const enlarged = await layer.resize(WIDTH, HEIGHT, { fit: 'fill', kernel: 'cubic' }).raw().toBuffer();
    enlarged.forEach((level, position) => (pixels[position] = (pixels[position] ?? 0) + (level - 128) / 1.8 ** depth));
  }
  return new Uint8Array(new Uint8ClampedArray(pixels).buffer);
}
