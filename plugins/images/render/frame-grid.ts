import type { ImageShape } from '../kinds/image-dataset';
import type { ImageArtifact } from 'explab';
import { animation } from './animation';
import { imageGrid } from './image-grid';

/** Images of a frame: uint8 [n, height, width, channels]. */
interface Frame {
  readonly pixels: Uint8Array;
  readonly shape: ImageShape;
}

/** Lays out a row for each image, with its frames side by side. @param frames at least one, all with the same number of images */
export function frameGrid(frames: readonly Frame[]): Promise<ImageArtifact> {
  const shape = frames[0]?.shape ?? [0, 0, 0];
  const size = shape[0] * shape[1] * shape[2];
  const count = (frames[0]?.pixels.length ?? 0) / size;
  const rows = Array.from({ length: count }, (_, image) =>
    frames.map(({ pixels }) => pixels.subarray(image * size, (image + 1) * size)),
  );
  return imageGrid(Uint8Array.from(Buffer.concat(rows.flat())), shape, frames.length);
}

/** Animated WebP of the grid of all images. */
export async function animatedGrid(frames: readonly Frame[]): Promise<Buffer> {
  return animation(await Promise.all(frames.map(({ pixels, shape }) => imageGrid(pixels, shape))));
}
