import { sourceOf } from '../../data/image-source';
import { film, filmStrip } from '../../tracker/film';
import { writeAside } from '../../util/aside';
import { type Images, type InterpolationPair, firstImages, chunk } from './images';
import { MAX_IMAGES } from '../../quality/sample-size';
import { type SamplingRequest, checkInteger, runOptionsFor } from './sampling-request';
import { type Output, prepareFiles, parseOutput } from './output-path';
import { withModel } from '../weights/with-model';

interface AnimationRequest extends SamplingRequest {
  /** How many moments; where nothing is said, as many as the kind of file is good for. */
  readonly frames?: number | undefined;
}

interface TrajectoryRequest extends AnimationRequest {
  /** How many images. */
  readonly count: number;
  /** What is looked at. */
  readonly of?: string | undefined;
}

interface InterpolationRequest extends AnimationRequest {
  /** Images by two and two, each an index in the dataset or a file. */
  readonly between: readonly string[];
  readonly t?: number | undefined;
  readonly noise: 'own' | 'shared';
}

/** What was written. */
export interface RenderedAnimation {
  /** The full path. */
  readonly path: string;
  readonly frames: number;
}

/** Of an animation that a viewer still opens. */
const MAX_FRAMES = 10_000;

const KINDS = { '.webp': 'an animation', '.png': 'a film strip' };

/** How many moments are looked at well, as an animation and side by side. */
const DEFAULT_FRAMES: Readonly<Record<string, number>> = { '.webp': 60, '.png': 10 };

/**
 * Shows how images are drawn by a run's model, as an animated WebP or as a film strip.
 * @throws UserError where the request is wrong, before anything is drawn
 */
export async function trajectoryToFile(request: TrajectoryRequest): Promise<RenderedAnimation> {
  const { seed, batch, count, of } = request;
  checkInteger('n', count, 1, MAX_IMAGES);
  const { output, frames } = animationOf(request);
  const { ingredients, source } = await runOptionsFor(request);
  const drawing = { seed, batch, images: firstImages(count) };
  const drawn = await withModel(ingredients, source, 'sampleTrajectory', (experiment) =>
    experiment.sampleTrajectory(drawing, { frames, of }),
  );
  return write(output, drawn);
}

/** Goes from images to others by a run's model, as an animated WebP or as a film strip. @throws UserError as `watchToFile` */
export async function interpolateToFile(request: InterpolationRequest): Promise<RenderedAnimation> {
  const { seed, batch, t, noise, between } = request;
  const { output, frames } = animationOf(request);
  const { ingredients, source } = await runOptionsFor(request);
  const pairs = chunk(between.map(sourceOf), 2) as unknown as InterpolationPair[];
  const interpolation = { frames, seed, t, noise, batch };
  const drawn = await withModel(ingredients, source, 'interpolate', (experiment) =>
    experiment.interpolate(pairs, interpolation),
  );
  return write(output, drawn);
}

function animationOf({ out, frames, force }: AnimationRequest): { output: Output; frames: number } {
  if (frames !== undefined) checkInteger('frames', frames, 2, MAX_FRAMES);
  const output = parseOutput(out, KINDS);
  prepareFiles([output.path], force);
  return { output, frames: frames ?? DEFAULT_FRAMES[output.kind] ?? 10 };
}

async function write({ path, kind }: Output, frames: readonly Images[]): Promise<RenderedAnimation> {
  await writeAside(path, kind === '.webp' ? await film(frames) : (await filmStrip(frames)).png);
  return { path, frames: frames.length };
}
