import { type Drawing, type Images, firstImages } from './drawing';

/** Draws images by a model, a part at a time. */
export type Draw = (drawing: Drawing) => AsyncIterable<Images>;

/**
 * Draws the first images of a seed, a part at a time, so that memory is enough for any number. All parts are drawn alike, and of the last only
 * what is wanted is kept: a program is made for one number of images only.
 * @param size how many images a part has at most
 */
export async function* drawnParts(draw: Draw, count: number, size: number, seed: number): AsyncGenerator<Images> {
  const batch = Math.min(count, size);
  const images = firstImages(Math.ceil(count / batch) * batch);
  let left = count;
  for await (const { pixels, shape } of draw({ seed, images, batch })) {
    const length = pixels.length / batch;
    yield { pixels: pixels.subarray(0, Math.min(batch, left) * length), shape };
    left -= batch;
  }
}
