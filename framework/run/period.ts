import { ExitCode, UserError } from '../errors';

const SECONDS = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
  ['w', 7 * 86_400],
]);

/**
 * The length of a time such as `30d`, `12h` or `2w`, in seconds.
 * @throws UserError for a text that is none
 */
export function parsePeriod(text: string): number {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)([a-z])$/.exec(text) ?? [];
  const seconds = SECONDS.get(unit);
  if (count !== undefined && seconds !== undefined) return Number(count) * seconds;
  throw new UserError(`${JSON.stringify(text)} is no length of time.`, {
    hints: ['It is a number and one of s, m, h, d, w: 30d is thirty days.'],
    exitCode: ExitCode.usage,
  });
}
