import { ExitCode, messageOf, readChecked, UserError } from 'explab';
import { openImage } from './decode';
import type { ImageDataset, ImageShape } from '../kinds/image-dataset';

/** Image given by its index in the dataset, or by its file. */
export type ImageSource = number | string;

/** Parses a command-line argument: an index, or a file. */
export function sourceOf(argument: string): ImageSource {
  return /^-?\d+$/.test(argument) ? Number(argument) : argument;
}

/**
 * Reads images from a dataset, opened if needed, and from files.
 * @returns uint8 [n, height, width, channels], of the dataset's shape
 * @throws UserError for an index out of range, or a file that is broken or of a different size
 */
export async function readSources(dataset: ImageDataset, sources: readonly ImageSource[]): Promise<Uint8Array> {
  const { shape } = dataset;
  const files = new Map<ImageSource, Uint8Array>();
  for (const source of sources) if (typeof source === 'string') files.set(source, await readFile(source, shape));
  if (files.size < sources.length) await dataset.open();
  const pixels: Uint8Array[] = [];
  for (const source of sources) pixels.push(files.get(source) ?? (await readIndex(dataset, source as number)));
  return Uint8Array.from(Buffer.concat(pixels));
}

async function readIndex(dataset: ImageDataset, index: number): Promise<Uint8Array> {
  if (Number.isSafeInteger(index) && index >= 0 && index < dataset.count)
    return (await readChecked(dataset, [index])).pixels;
  throw new UserError(`Image index ${index} is out of range.`, {
    hints: [`The dataset has ${dataset.count} images: 0 to ${dataset.count - 1}.`],
    exitCode: ExitCode.usage,
  });
}

function unsupportedChannels(channels: number): UserError {
  return new UserError(`The model's images have ${channels} channels, but image files have 1 or 3.`, {
    hints: ['Give the index of an image in the dataset.'],
    exitCode: ExitCode.usage,
  });
}

/** @returns uint8 of that shape; converted to grey for one channel */
async function readFile(file: string, [height, width, channels]: ImageShape): Promise<Uint8Array> {
  if (channels !== 1 && channels !== 3) throw unsupportedChannels(channels);
  try {
    const { image, ...size } = await openImage(file);
    if (size.width !== width || size.height !== height) {
      throw new UserError(
        `${file} has ${size.width}×${size.height} pixels; expected ${width}×${height}, the size of the model's images.`,
        { hints: ['Resize the file first.'] },
      );
    }
    return Uint8Array.from(
      await image
        .toColourspace(channels === 1 ? 'b-w' : 'srgb')
        .raw()
        .toBuffer(),
    );
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${file} cannot be read as an image: ${messageOf(error).replace(/^vips\w+: /i, '')}.`, {
      hints: ['Give the index of an image in the dataset, or a PNG or JPEG file.'],
      cause: error,
    });
  }
}
