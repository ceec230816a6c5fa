import { ExitCode, thousands, UserError } from 'explab';

/** Upper limit of images per command, to catch typing errors. */
export const MAX_IMAGES = 1_000_000;

/** @throws UserError if there are too few images to compute a distance, or too many */
export function checkSampleSize(name: string, count: number): void {
  if (Number.isSafeInteger(count) && count >= 2 && count <= MAX_IMAGES) return;
  const hints = ['FID and KID compare distributions and need at least 2 images. 5,000 are typical, 50,000 in papers.'];
  throw new UserError(`${name} ${count}: expected an integer from 2 to ${thousands(MAX_IMAGES)}.`, {
    hints,
    exitCode: ExitCode.usage,
  });
}

/**
 * Warning about too few images: with no more images than features, a covariance is singular, and the Fréchet distance depends on the number
 * of images rather than their content.
 */
export function sampleSizeWarning(sampled: number, real: number, width: number): string | undefined {
  const fewest = Math.min(sampled, real);
  if (fewest > width) return undefined;
  const source = fewest === sampled ? 'sampled images' : 'images of the dataset';
  return (
    `${fewest} ${source} are too few for ${width} features: fid is far too high, and not comparable. ` +
    `Use at least ${width + 1}, better ${Math.max(5000, 10 * width)}.`
  );
}
