import { didYouMean } from '../util/nearest';
import { ExitCode, UserError } from '../errors';
import type { Random } from '../random/random';
import type { Matrix } from '../tensorflow/graph/float64';
import { frechetDistance } from './frechet-distance';
import { kernelDistance } from './kernel-distance';
import { classifierScores } from './classifier-scores';

/** What is known of a set of images. */
export interface ImageSet {
  readonly features: Matrix;
  /** The probabilities of classes, where the extractor knows any: [n, classes]. */
  readonly probabilities?: { readonly classes: number; readonly values: Float32Array } | undefined;
}

/** What measures found. */
export interface Measured {
  /** By their names. */
  readonly numbers: Readonly<Record<string, number>>;
  /** How many images of each class were recognised, where that was measured. */
  readonly counts?: readonly number[];
}

/** A way to tell how good drawn images are, by real ones. */
type Measure = (drawn: ImageSet, real: ImageSet, random: Random) => Promise<Measured> | Measured;

const MEASURES = {
  fid: async ({ features }, real) => ({ numbers: { fid: await frechetDistance(features, real.features) } }),
  kid: async ({ features }, real, random) => ({
    numbers: { kid: await kernelDistance(features, real.features, random) },
  }),
  recognised: ({ probabilities }) => {
    if (!probabilities) throw new Error('these features know no classes');
    const { recognised, spread, classCounts: counts } = classifierScores(probabilities.values, probabilities.classes);
    return { numbers: { recognised, spread }, counts };
  },
} as const satisfies Readonly<Record<string, Measure>>;

export type MeasureName = keyof typeof MEASURES;

/** The names of the measures. */
export const MEASURE_NAMES = Object.keys(MEASURES) as MeasureName[];

/** @throws UserError proposing the nearest name where one of them is unknown */
export function checkMeasures(names: readonly string[]): MeasureName[] {
  const unknown = names.find((name) => !Object.hasOwn(MEASURES, name));
  if (unknown === undefined) return names as MeasureName[];
  const hints = [didYouMean(unknown, MEASURE_NAMES, 'Measures')];
  throw new UserError(`There is no measure ${unknown}.`, { hints, exitCode: ExitCode.usage });
}

/** Whether a measure needs features that know classes. */
export function needsClasses(name: MeasureName): boolean {
  return name === 'recognised';
}

/** Measures drawn images by real ones. @param random draws what a measure draws */
export async function measure(
  names: readonly MeasureName[],
  drawn: ImageSet,
  real: ImageSet,
  random: Random,
): Promise<Measured> {
  let all: Measured = { numbers: {} };
  for (const name of names) {
    const by: Measure = MEASURES[name];
    const found = await by(drawn, real, random.stream(name));
    all = { ...all, ...found, numbers: { ...all.numbers, ...found.numbers } };
  }
  return all;
}
