import { ExitCode, UserError } from '../errors';
import { MAX_IMAGES } from '../quality/enough';

/**
 * Numbers of images, as typed: `3,5,7-9`.
 * @throws UserError where it is no such list
 */
export function parseImageNumbers(text: string): number[] {
  const ranges = text.split(',').map((part) => {
    const [, first, last = first] = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (from <= to && to < MAX_IMAGES) return { from, to };
    throw new UserError(`--images ${text}: "${part}" is no number of an image, nor from one to another.`, {
      hints: [`Write it like 3,5,7-9; images count from 0 to ${MAX_IMAGES - 1}.`],
      exitCode: ExitCode.usage,
    });
  });
  return ranges.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index));
}
