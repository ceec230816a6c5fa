import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { ExitCode, UserError } from '../../errors';
import { MAX_IMAGES } from '../../quality/sample-size';
import { drawable } from '../../tracker/drawable';
import { imageGrid } from '../../tracker/image-grid';
import { writeAtomically } from '../../util/temporary-path';
import { withModel } from '../weights/with-model';
import { firstImages, type Images, concatImages } from './images';
import { parseOutput, prepareFiles } from './output-path';
import { checkInteger, type SamplingRequest, runOptionsFor, parseIndexRanges } from './sampling-request';

interface Request extends SamplingRequest {
  /** Number of images. */
  readonly count?: number | undefined;
  /** Indices of the images, instead of the first `count`: `3,5,7-9`. */
  readonly images?: string | undefined;
}

const DEFAULT_COUNT = 16;

const KINDS = { '.png': 'a grid', '/': 'a folder with a PNG file for each image' };

/**
 * Generates images with a run's model and writes them as a PNG grid, or as separate files in a folder.
 * @returns the full path of the file or folder, and the number of images
 * @throws UserError if the request is invalid, before any image is generated
 */
export async function sampleToFile(request: Request): Promise<{ path: string; images: number }> {
  const { seed, batch, out, force } = request;
  const images = indicesOf(request);
  const { path, kind } = parseOutput(out, KINDS);
  prepareFiles(kind === '/' ? images.map((image) => join(path, nameOf(image))) : [path], force);
  const { runOptions, source } = await runOptionsFor(request);
  await withModel(runOptions, source, 'sample', async (experiment) => {
    const samples = experiment.sample({ seed, images, batch });
    await (kind === '/' ? writeEach(path, images, samples) : writeGrid(path, samples));
  });
  return { path, images: images.length };
}

function indicesOf({ count, images }: Request): number[] {
  if (images === undefined) {
    checkInteger('n', count ?? DEFAULT_COUNT, 1, MAX_IMAGES);
    return firstImages(count ?? DEFAULT_COUNT);
  }
  if (count === undefined) return parseIndexRanges(images);
  throw new UserError('--n and --images are mutually exclusive: give the number of images or their indices.', {
    exitCode: ExitCode.usage,
  });
}

async function writeGrid(path: string, samples: AsyncIterable<Images>): Promise<void> {
  const parts: Images[] = [];
  for await (const part of samples) parts.push(part);
  const { pixels, shape } = concatImages(parts);
  await writeAtomically(path, (await imageGrid(pixels, shape)).png);
}

const nameOf = (index: number) => `${String(index).padStart(6, '0')}.png`;

/** Writes images as `000003.png` and so on, at their original size, as soon as they are generated. */
async function writeEach(folder: string, indices: readonly number[], samples: AsyncIterable<Images>): Promise<void> {
  await mkdir(folder, { recursive: true });
  let written = 0;
  for await (const part of samples) {
    const { pixels, shape } = drawable(part.pixels, part.shape);
    const [height, width, channels] = shape;
    const size = height * width * channels;
    for (let start = 0; start < pixels.length; start += size) {
      const raw = { width, height, channels };
      const png = await sharp(pixels.subarray(start, start + size), { raw })
        .toColourspace(channels === 1 ? 'b-w' : 'srgb')
        .png()
        .toBuffer();
      await writeAtomically(join(folder, nameOf(indices[written++] ?? 0)), png);
    }
  }
}
