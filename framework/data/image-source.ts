import { ExitCode, UserError, messageOf } from '../errors';
import { openImage } from './decode';
import type { ImageDataset, ImageShape } from '../kinds/image-dataset';
import { readImages } from './read-images';

/** An image by its index in the dataset, or by its file. */
export type ImageSource = number | string;

/** What a word of the command line names: an index, or a file. */
export function sourceOf(word: string): ImageSource {
  return /^-?\d+$/.test(word) ? Number(word) : word;
}

/**
 * Reads images of a dataset, which is opened where that is needed, and of files.
 * @returns uint8 [n, height, width, channels], of the dataset's shape
 * @throws UserError for an index that is not there, or a file that is broken or of another size
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
    return (await readImages(dataset, [index])).pixels;
  throw new UserError(`There is no image ${index} in the dataset.`, {
    hints: [`It has ${dataset.count} of them: 0 to ${dataset.count - 1}.`],
    exitCode: ExitCode.usage,
  });
}

function noFileOf(channels: number): UserError {
  return new UserError(`The model's images have ${channels} channels, and files are grey or in colours.`, {
    hints: ['Name an image of the dataset by its index.'],
    exitCode: ExitCode.usage,
  });
}

/** @returns uint8 of that shape; colours become grey where it has one channel */
async function readFile(file: string, [height, width, channels]: ImageShape): Promise<Uint8Array> {
  if (channels !== 1 && channels !== 3) throw noFileOf(channels);
  try {
    const { image, ...found } = await openImage(file);
    if (found.width !== width || found.height !== height) {
      throw new UserError(
        `${file} has ${found.width}×${found.height} pixels, and the model's images ${width}×${height}.`,
        { hints: [`Give it that size first, with any program for images.`] },
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
      hints: ['Name an image by its index in the dataset, or by a PNG or JPEG file.'],
      cause: error,
    });
  }
}
