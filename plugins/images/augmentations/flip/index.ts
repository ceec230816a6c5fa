import { Augmentation, type ImageDataset, type ImageShape } from 'explab/images';
import { option, type Random, UserError, value } from 'explab';

/** Settings of the flip. */
export class FlipSettings {
  /** Probability of flipping an image. */
  probability = value(0.5, { min: 0, max: 1 });
}

/** Random horizontal flip. */
@option(Augmentation, 'Flip', FlipSettings)
export class Flip extends Augmentation {
  constructor(private readonly settings: FlipSettings) {
    super();
  }

  override check({ flips, constructor }: ImageDataset): void {
    if (flips) return;
    throw new UserError(`Flip: mirroring changes the meaning of images of ${constructor.name}.`, {
      hints: [
        'A mirrored 2 is not a digit. Remove the flip: --set augmentations=[]',
        'If mirrored images of a dataset are valid, set its property `flips`.',
      ],
    });
  }

  augment(pixels: Uint8Array, [height, width, channels]: ImageShape, random: Random): Uint8Array {
    const size = height * width * channels;
    const draws = random.uniforms(pixels.length / size);
    const flipped = pixels.slice();
    for (const [image, draw] of draws.entries()) {
      if (draw >= this.settings.probability) continue;
      mirror(flipped.subarray(image * size, (image + 1) * size), width, channels);
    }
    return flipped;
  }
}

/** Mirrors every row of an image in place. */
function mirror(image: Uint8Array, width: number, channels: number): void {
  const row = width * channels;
  for (let start = 0; start < image.length; start += row) {
    for (let left = start, right = start + row - channels; left < right; left += channels, right -= channels) {
      for (let channel = 0; channel < channels; channel++) {
        const swapped = image[left + channel] ?? 0;
        image[left + channel] = image[right + channel] ?? 0;
        image[right + channel] = swapped;
      }
    }
  }
}
