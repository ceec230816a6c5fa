import type { ImageShape } from '../kinds/image-dataset';

/** Images that can be drawn: grey ones, or in colours. */
export interface Drawable {
  /** uint8 [n, height, width, channels] */
  readonly pixels: Uint8Array;
  readonly shape: readonly [height: number, width: number, channels: 1 | 3];
}

/**
 * Images as they are drawn: with 1 or 3 channels as they are, grey or in colours; with any other number each channel as a grey image, side
 * by side.
 * @param pixels uint8 [n, height, width, channels]
 */
export function drawable(pixels: Uint8Array, [height, width, channels]: ImageShape): Drawable {
  if (channels === 1 || channels === 3) return { pixels, shape: [height, width, channels] };
  const row = width * channels;
  // Of each row: [width, channels] becomes [channels, width].
  const apart = pixels.map((_, index) => {
    const column = index % row;
    return pixels[index - column + (column % width) * channels + Math.floor(column / width)] ?? 0;
  });
  return { pixels: apart, shape: [height, row, 1] };
}
