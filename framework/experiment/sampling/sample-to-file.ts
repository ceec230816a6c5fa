import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { ExitCode, UserError } from '../../errors';
import { MAX_IMAGES } from '../../quality/sample-size';
import { drawable } from '../../tracker/drawable';
import { imageGrid } from '../../tracker/image-grid';
import { writeAside } from '../../util/aside';
import { withModel } from '../weights/with-model';
import { firstImages, type Images, concatImages } from './images';
import { parseOutput, prepareFiles } from './output-path';
import { checkInteger, type SamplingRequest, runOptionsFor, parseIndexRanges } from './sampling-request';

interface Request extends SamplingRequest {
  /** How many images. */
  readonly count?: number | undefined;
  /** Instead of the first so many, those of these numbers: `3,5,7-9`. */
  readonly images?: string | undefined;
}

/** How many images, where nothing is said. */
const DEFAULT_COUNT = 16;

const KINDS = { '.png': 'a grid', '/': 'a folder with a PNG file for each image' };

/**
 * Draws images by a run's model into a PNG grid, or into a folder.
 * @returns the full path of the file or folder, and how many images there are
 * @throws UserError where the request is wrong, before anything is drawn
 */
export async function sampleToFile(request: Request): Promise<{ path: string; images: number }> {
  const { seed, batch, out, force } = request;
  const images = indicesOf(request);
  const { path, kind } = parseOutput(out, KINDS);
  prepareFiles(kind === '/' ? images.map((image) => join(path, nameOf(image))) : [path], force);
  const { ingredients, source } = await runOptionsFor(request);
  await withModel(ingredients, source, 'sample', async (experiment) => {
    const drawn = experiment.sample({ seed, images, batch });
    await (kind === '/' ? writeEach(path, images, drawn) : writeGrid(path, drawn));
  });
  return { path, images: images.length };
}

function indicesOf({ count, images }: Request): number[] {
  if (images === undefined) {
    checkInteger('n', count ?? DEFAULT_COUNT, 1, MAX_IMAGES);
    return firstImages(count ?? DEFAULT_COUNT);
  }
  if (count === undefined) return parseIndexRanges(images);
  throw new UserError('--n says how many images, and --images which: give one of them.', {
    exitCode: ExitCode.usage,
  });
}

async function writeGrid(path: string, drawn: AsyncIterable<Images>): Promise<void> {
  const parts: Images[] = [];
  for await (const part of drawn) parts.push(part);
  const { pixels, shape } = concatImages(parts);
  await writeAside(path, (await imageGrid(pixels, shape)).png);
}

const nameOf = (image: number) => `${String(image).padStart(6, '0')}.png`;

/** Writes `000003.png` and so on, at their own size, as soon as they are drawn. */
async function writeEach(folder: string, numbers: readonly number[], drawn: AsyncIterable<Images>): Promise<void> {
  await mkdir(folder, { recursive: true });
  let written = 0;
  for await (const part of drawn) {
    const { pixels, shape } = drawable(part.pixels, part.shape);
    const [height, width, channels] = shape;
    const size = height * width * channels;
    for (let start = 0; start < pixels.length; start += size) {
      const raw = { width, height, channels };
      const png = await sharp(pixels.subarray(start, start + size), { raw })
        .toColourspace(channels === 1 ? 'b-w' : 'srgb')
        .png()
        .toBuffer();
      await writeAside(join(folder, nameOf(numbers[written++] ?? 0)), png);
    }
  }
}
