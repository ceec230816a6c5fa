import sharp from 'sharp';
import type { ImageArtifact } from 'explab';

/** Duration of a frame. */
const FRAME_MILLISECONDS = 50;
/** Duration of the first and the last frame. */
const END_FRAME_MILLISECONDS = 1000;

/**
 * Encodes pictures as a looping animated WebP.
 * @param pictures all of the same size. The encoder merges equal successive ones into a longer frame
 */
export async function animation(pictures: readonly ImageArtifact[]): Promise<Buffer> {
  const delay = pictures.map((_, index) =>
    index === 0 || index === pictures.length - 1 ? END_FRAME_MILLISECONDS : FRAME_MILLISECONDS,
  );
  const frames = pictures.map(({ content }) => content);
  return sharp(frames, { join: { animated: true } })
    .webp({ quality: 90, effort: 4, loop: 0, delay })
    .toBuffer();
}
