import type { ImageShape } from '../kinds/image-dataset';

/** First source index and weights of one result position along an axis; the weights add up to 1. */
interface Taps {
  readonly first: number;
  readonly weights: readonly number[];
}

/**
 * Creates a function that resizes images of one shape to squares. The filter is bilinear with antialiasing: a triangle that reaches
 * one pixel of the source or of the result to each side, whichever is larger, over pixels as areas. Pillow's BILINEAR and
 * torchvision's Resize do the same.
 *
 * It is for small images in memory and for enlarging: libvips is much slower on small images, and shifts enlarged ones half a pixel
 * right and down.
 * @param shape of the input images
 * @param size side of the squares, in pixels
 * @returns takes uint8 [height, width, channels], gives uint8 [size, size, channels]; the same array if the size is already right
 */
export function resizer([height, width, channels]: ImageShape, size: number): (image: Uint8Array) => Uint8Array {
  if (height === size && width === size) return (image) => image;
  const across = tapsOf(width, size);
  const down = tapsOf(height, size);
  return (image) => {
    const narrowed = filter(image, across, height, channels);
    // The clamped array rounds; a plain one truncates.
    return new Uint8Array(new Uint8ClampedArray(filter(narrowed, down, 1, size * channels)).buffer);
  };
}

function tapsOf(from: number, to: number): Taps[] {
  const scale = from / to;
  const radius = Math.max(scale, 1);
  return Array.from({ length: to }, (_, target) => {
    const centre = (target + 0.5) * scale;
    const first = Math.max(0, Math.round(centre - radius));
    const end = Math.min(from, Math.round(centre + radius));
    // The triangle 1 - |x| / r at the centre of each source pixel.
    const heights = Array.from({ length: end - first }, (_, tap) => 1 - Math.abs(first + tap + 0.5 - centre) / radius);
    const sum = heights.reduce((total, each) => total + each, 0);
    return { first, weights: heights.map((each) => each / sum) };
  });
}

/** Filters the middle axis of an array [outer, n, inner], giving float32 [outer, taps.length, inner]. */
function filter(source: Uint8Array | Float32Array, taps: readonly Taps[], outer: number, inner: number): Float32Array {
  const result = new Float32Array(outer * taps.length * inner);
  const sourceLine = source.length / outer;
  let to = 0;
  for (let line = 0; line < outer; line++) {
    for (const { first, weights } of taps) {
      const from = line * sourceLine + first * inner;
      for (let i = 0; i < inner; i++) result[to++] = weightedSum(source, weights, from + i, inner);
    }
  }
  return result;
}

function weightedSum(
  source: Uint8Array | Float32Array,
  weights: readonly number[],
  from: number,
  step: number,
): number {
  let sum = 0;
  let at = from;
  for (const weight of weights) {
    sum += weight * (source[at] ?? 0);
    at += step;
  }
  return sum;
}
