import { ExitCode, UserError } from '../errors';

const SECONDS = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
  ['w', 7 * 86_400],
]);

/**
 * Parses a duration such as `30d`, `12h` or `2w` into seconds.
 * @throws UserError if it is invalid
 */
export function parsePeriod(text: string): number {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)([a-z])$/.exec(text) ?? [];
  const seconds = SECONDS.get(unit);
  if (count !== undefined && seconds !== undefined) return Number(count) * seconds;
  throw new UserError(`Invalid duration: ${JSON.stringify(text)}.`, {
    hints: ['Expected a number and one of s, m, h, d, w: 30d is thirty days.'],
    exitCode: ExitCode.usage,
  });
}
