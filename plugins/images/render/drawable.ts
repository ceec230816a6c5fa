import type { ImageShape } from '../kinds/image-dataset';

/** Images that can be displayed: greyscale or RGB. */
export interface Drawable {
  /** uint8 [n, height, width, channels] */
  readonly pixels: Uint8Array;
  readonly shape: readonly [height: number, width: number, channels: 1 | 3];
}

/**
 * Converts images for display: 1 channel (greyscale) and 3 channels (RGB) are unchanged; of any other number, each channel becomes a
 * greyscale image, side by side.
 * @param pixels uint8 [n, height, width, channels]
 */
export function drawable(pixels: Uint8Array, [height, width, channels]: ImageShape): Drawable {
  if (channels === 1 || channels === 3) return { pixels, shape: [height, width, channels] };
  const row = width * channels;
  // Each row [width, channels] becomes [channels, width].
  const separated = pixels.map((_, index) => {
    const column = index % row;
    return pixels[index - column + (column % width) * channels + Math.floor(column / width)] ?? 0;
  });
  return { pixels: separated, shape: [height, row, 1] };
}
