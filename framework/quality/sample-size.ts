import { ExitCode, UserError } from '../errors';
import { thousands } from '../util/format';

/** More images than anybody draws by one command: numbers beyond it are a slip. */
export const MAX_IMAGES = 1_000_000;

/** @throws UserError where there are so few images that nothing can be computed from them */
export function checkSampleSize(name: string, count: number): void {
  if (Number.isSafeInteger(count) && count >= 2 && count <= MAX_IMAGES) return;
  const hints = [
    'A distance is one between two distributions, and one image has none. 5,000 are common, 50,000 in papers.',
  ];
  throw new UserError(`${name} ${count}: expected a whole number from 2 to ${thousands(MAX_IMAGES)}.`, {
    hints,
    exitCode: ExitCode.usage,
  });
}

/**
 * What is to be known before numbers are believed: with no more images than features, a covariance has no inverse, and the Fréchet distance
 * tells of the number of images rather than of what they show.
 */
export function sampleSizeWarning(drawn: number, real: number, width: number): string | undefined {
  const fewest = Math.min(drawn, real);
  if (fewest > width) return undefined;
  const whose = fewest === drawn ? 'drawn images' : 'images of the dataset';
  return (
    `${fewest} ${whose} are too few for ${width} features: fid is far too high, and can be compared with no other. ` +
    `At least ${width + 1} are wanted, better ${Math.max(5000, 10 * width)}.`
  );
}
