import sharp from 'sharp';
import { drawable } from '../render/drawable';
import { imageGrid } from '../render/image-grid';
import { concatImages, type Images } from './images';
import type { SampleFormat } from 'explab';

/** Images as a grid, or as a PNG file for each at its original size. */
export const IMAGE_FORMAT: SampleFormat<Images> = {
  noun: 'images',
  combined: ['.png', 'a grid'],
  single: '.png',

  async combine(chunks) {
    const { pixels, shape } = concatImages(chunks);
    return (await imageGrid(pixels, shape)).content;
  },

  async *split(images) {
    const { pixels, shape } = drawable(images.pixels, images.shape);
    const [height, width, channels] = shape;
    const size = height * width * channels;
    for (let start = 0; start < pixels.length; start += size) {
      yield sharp(pixels.subarray(start, start + size), { raw: { width, height, channels } })
        .toColourspace(channels === 1 ? 'b-w' : 'srgb')
        .png()
        .toBuffer();
    }
  },
};
