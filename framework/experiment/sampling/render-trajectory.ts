import { sourceOf } from '../../data/image-source';
import { film, filmStrip } from '../../tracker/film';
import { writeAside } from '../../util/aside';
import { type Images, type Pair, firstImages, partsOf } from './images';
import { MAX_IMAGES } from '../../quality/sample-size';
import { type DrawingRequest, checkWhole, ingredientsFor } from './sampling-request';
import { type Output, prepareFiles, outputOf } from './output-path';
import { withModel } from '../weights/with-model';

interface FilmRequest extends DrawingRequest {
  /** How many moments; where nothing is said, as many as the kind of file is good for. */
  readonly frames?: number | undefined;
}

interface WatchRequest extends FilmRequest {
  /** How many images. */
  readonly count: number;
  /** What is looked at. */
  readonly of?: string | undefined;
}

interface InterpolationRequest extends FilmRequest {
  /** Images by two and two, each an index in the dataset or a file. */
  readonly between: readonly string[];
  readonly t?: number | undefined;
  readonly noise: 'own' | 'shared';
}

/** What was written. */
export interface Film {
  /** The full path. */
  readonly path: string;
  readonly frames: number;
}

/** Of an animation that a viewer still opens. */
const MAX_FRAMES = 10_000;

const KINDS = { '.webp': 'an animation', '.png': 'a film strip' };

/** How many moments are looked at well, as an animation and side by side. */
const USUAL_FRAMES: Readonly<Record<string, number>> = { '.webp': 60, '.png': 10 };

/**
 * Shows how images are drawn by a run's model, as an animated WebP or as a film strip.
 * @throws UserError where the request is wrong, before anything is drawn
 */
export async function watchToFile(request: WatchRequest): Promise<Film> {
  const { seed, batch, count, of } = request;
  checkWhole('n', count, 1, MAX_IMAGES);
  const { output, frames } = filmOf(request);
  const { ingredients, source } = await ingredientsFor(request);
  const drawing = { seed, batch, images: firstImages(count) };
  const drawn = await withModel(ingredients, source, 'watch', (experiment) =>
    experiment.watch(drawing, { frames, of }),
  );
  return write(output, drawn);
}

/** Goes from images to others by a run's model, as an animated WebP or as a film strip. @throws UserError as `watchToFile` */
export async function interpolateToFile(request: InterpolationRequest): Promise<Film> {
  const { seed, batch, t, noise, between } = request;
  const { output, frames } = filmOf(request);
  const { ingredients, source } = await ingredientsFor(request);
  const pairs = partsOf(between.map(sourceOf), 2) as unknown as Pair[];
  const interpolation = { frames, seed, t, noise, batch };
  const drawn = await withModel(ingredients, source, 'interpolate', (experiment) =>
    experiment.interpolate(pairs, interpolation),
  );
  return write(output, drawn);
}

function filmOf({ out, frames, force }: FilmRequest): { output: Output; frames: number } {
  if (frames !== undefined) checkWhole('frames', frames, 2, MAX_FRAMES);
  const output = outputOf(out, KINDS);
  prepareFiles([output.path], force);
  return { output, frames: frames ?? USUAL_FRAMES[output.kind] ?? 10 };
}

async function write({ path, kind }: Output, frames: readonly Images[]): Promise<Film> {
  await writeAside(path, kind === '.webp' ? await film(frames) : (await filmStrip(frames)).png);
  return { path, frames: frames.length };
}
