import type { ImageShape } from '../kinds/image-dataset';
import * as tf from '../tensorflow/tf';

/** Bytes in [0, 255] as float32 [n, height, width, channels] in [-1, 1]; the caller disposes. */
export function toImages(pixels: Uint8Array, [height, width, channels]: ImageShape): tf.Tensor4D {
  const count = pixels.length / (height * width * channels);
  return tf.tidy(() => tf.tensor4d(Float32Array.from(pixels), [count, height, width, channels]).div(127.5).sub(1));
}

/** Images in [-1, 1] as bytes; what lies outside is clipped. @param images borrowed */
export async function toPixels(images: tf.Tensor4D): Promise<Uint8Array> {
  const bytes = tf.tidy(() => images.add(1).mul(127.5).clipByValue(0, 255).round());
  const pixels = Uint8Array.from(await bytes.data());
  bytes.dispose();
  return pixels;
}
