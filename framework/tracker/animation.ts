import sharp from 'sharp';
import type { Picture } from '../kinds/tracker';

/** Milliseconds that a picture is shown for; the first and the last stay longer, to be looked at. */
const SHOWN = 50;
const STAYS = 1000;

/**
 * Pictures as an animated WebP that begins again when it is over.
 * @param pictures all of one size. The encoder joins equal ones in a row into one that is shown for longer
 */
export async function animation(pictures: readonly Picture[]): Promise<Buffer> {
  const delay = pictures.map((_, index) => (index === 0 || index === pictures.length - 1 ? STAYS : SHOWN));
  const frames = pictures.map(({ png }) => png);
  return sharp(frames, { join: { animated: true } })
    .webp({ quality: 90, effort: 4, loop: 0, delay })
    .toBuffer();
}
