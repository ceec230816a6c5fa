import type { Random } from '../random/random';
import type { Images } from './experiment';

/** Draws images by a model. @param seed equal seeds draw equal images */
export type Draw = (count: number, seed: number) => Promise<Images>;

/**
 * Draws many images, a part at a time, so that memory is enough for any number. All parts are drawn alike, and of the last only what is wanted
 * is kept: a program is made for one number of images only.
 * @param random draws the parts' seeds
 */
export async function* drawnParts(draw: Draw, count: number, size: number, random: Random): AsyncGenerator<Images> {
  const atOnce = Math.min(count, size);
  for (let done = 0; done < count; done += atOnce) {
    const { pixels, shape } = await draw(atOnce, random.stream(String(done / atOnce)).key >>> 0);
    const length = pixels.length / atOnce;
    yield { pixels: pixels.subarray(0, Math.min(atOnce, count - done) * length), shape };
  }
}
