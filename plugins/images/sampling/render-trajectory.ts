import { sourceOf } from '../data/image-source';
import { animatedGrid, frameGrid } from '../render/frame-grid';
import {
  checkInteger,
  chunk,
  type FileRequest,
  firstIndices,
  MAX_SAMPLES,
  type OutputPath,
  parseOutput,
  prepareFiles,
  runOptionsFor,
  withModel,
  writeAtomically,
} from 'explab';
import { type Images, type InterpolationPair } from './images';
import { INTERPOLATION, TRAJECTORY } from './image-abilities';

interface AnimationRequest extends FileRequest {
  /** Number of frames; the default depends on the file format. */
  readonly frames?: number | undefined;
}

interface TrajectoryRequest extends AnimationRequest {
  /** Number of images. */
  readonly count: number;
  /** Quantity to show. */
  readonly of?: string | undefined;
}

interface InterpolationRequest extends AnimationRequest {
  /** Pairs of images, each an index in the dataset or a file. */
  readonly between: readonly string[];
  readonly t?: number | undefined;
  readonly noise: 'own' | 'shared';
}

/** Result of rendering an animation. */
export interface RenderedAnimation {
  /** The full path. */
  readonly path: string;
  readonly frames: number;
}

/** Limit for animations that viewers can open. */
const MAX_FRAMES = 10_000;

const KINDS = { '.webp': 'an animation', '.png': 'a film strip' };

/** Default number of frames, for an animation and for a film strip. */
const DEFAULT_FRAMES: Readonly<Record<string, number>> = { '.webp': 60, '.png': 10 };

/**
 * Writes the sampling trajectory of a run's model as an animated WebP or as a film strip.
 * @throws UserError if the request is invalid, before any image is generated
 */
export async function trajectoryToFile(request: TrajectoryRequest): Promise<RenderedAnimation> {
  const { seed, batch, count, of } = request;
  checkInteger('n', count, 1, MAX_SAMPLES);
  const { output, frames } = animationOf(request);
  const { runOptions, source } = await runOptionsFor(request);
  const options = { seed, batch, indices: firstIndices(count) };
  const images = await withModel(runOptions, source, TRAJECTORY, (experiment) =>
    experiment.sampleTrajectory(options, { frames, of }),
  );
  return write(output, images);
}

/** Writes interpolations between images as an animated WebP or as a film strip. @throws UserError as `trajectoryToFile` */
export async function interpolateToFile(request: InterpolationRequest): Promise<RenderedAnimation> {
  const { seed, batch, t, noise, between } = request;
  const { output, frames } = animationOf(request);
  const { runOptions, source } = await runOptionsFor(request);
  const pairs = chunk(between.map(sourceOf), 2) as unknown as InterpolationPair[];
  const interpolation = { frames, seed, t, noise, batch };
  const images = await withModel(runOptions, source, INTERPOLATION, (experiment) =>
    experiment.interpolate(pairs, interpolation),
  );
  return write(output, images);
}

function animationOf({ out, frames, force }: AnimationRequest): { output: OutputPath; frames: number } {
  if (frames !== undefined) checkInteger('frames', frames, 2, MAX_FRAMES);
  const output = parseOutput(out, KINDS);
  prepareFiles([output.path], force);
  return { output, frames: frames ?? DEFAULT_FRAMES[output.kind] ?? 10 };
}

async function write({ path, kind }: OutputPath, frames: readonly Images[]): Promise<RenderedAnimation> {
  await writeAtomically(path, kind === '.webp' ? await animatedGrid(frames) : (await frameGrid(frames)).content);
  return { path, frames: frames.length };
}
