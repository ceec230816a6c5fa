import { didYouMean, ExitCode, type Matrix, type Random, UserError } from 'explab';
import { frechetDistance } from './frechet-distance';
import { kernelDistance } from './kernel-distance';
import { classifierScores } from './classifier-scores';

/** Features of a set of images. */
export interface ImageSet {
  readonly features: Matrix;
  /** Class probabilities [n, classes]; undefined if the extractor has no classes. */
  readonly probabilities?: { readonly classes: number; readonly values: Float32Array } | undefined;
}

/** Results of measures. */
export interface Measured {
  /** Values by name. */
  readonly numbers: Readonly<Record<string, number>>;
  /** Number of recognised images per class, if measured. */
  readonly counts?: readonly number[];
}

/** Quality measure of sampled images against real ones. */
type Measure = (sampled: ImageSet, real: ImageSet, random: Random) => Promise<Measured> | Measured;

const MEASURES = {
  fid: async ({ features }, real) => ({ numbers: { fid: await frechetDistance(features, real.features) } }),
  kid: async ({ features }, real, random) => ({
    numbers: { kid: await kernelDistance(features, real.features, random) },
  }),
  recognised: ({ probabilities }) => {
    if (!probabilities) throw new Error('these features have no class probabilities');
    const { recognised, spread, classCounts: counts } = classifierScores(probabilities.values, probabilities.classes);
    return { numbers: { recognised, spread }, counts };
  },
} as const satisfies Readonly<Record<string, Measure>>;

export type MeasureName = keyof typeof MEASURES;

/** Names of the measures. */
export const MEASURE_NAMES = Object.keys(MEASURES) as MeasureName[];

/** @throws UserError with the nearest name if one of them is unknown */
export function checkMeasures(names: readonly string[]): MeasureName[] {
  const unknown = names.find((name) => !Object.hasOwn(MEASURES, name));
  if (unknown === undefined) return names as MeasureName[];
  const hints = [didYouMean(unknown, MEASURE_NAMES, 'Measures')];
  throw new UserError(`Unknown measure "${unknown}".`, { hints, exitCode: ExitCode.usage });
}

/** Whether a measure needs class probabilities. */
export function needsClasses(name: MeasureName): boolean {
  return name === 'recognised';
}

/** Measures sampled images against real ones. @param random source of random subsets */
export async function measure(
  names: readonly MeasureName[],
  sampled: ImageSet,
  real: ImageSet,
  random: Random,
): Promise<Measured> {
  let all: Measured = { numbers: {} };
  for (const name of names) {
    const compute: Measure = MEASURES[name];
    const result = await compute(sampled, real, random.stream(name));
    all = { ...all, ...result, numbers: { ...all.numbers, ...result.numbers } };
  }
  return all;
}
