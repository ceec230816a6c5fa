import { type Override, parseOverrides } from '../../config/parse/override';
import { ExitCode, UserError } from '../../errors';

/** The settings that a drawing may have instead of the run's: they change nothing of what was trained. */
export const SAMPLING_SETTINGS = ['class', 'ema', 'guidance', 'quality', 'sampler'];

/**
 * Reads the settings of a drawing.
 * @throws UserError where one of them would draw by another model than was trained
 */
export function parseSamplingSettings(args: readonly string[]): Override[] {
  const settings = parseOverrides(args);
  const keys = settings.map(({ key }) => key);
  const fixed = keys.filter((key) => !SAMPLING_SETTINGS.some((name) => key === name || key.startsWith(`${name}.`)));
  if (fixed.length === 0) return settings;
  throw new UserError(`${fixed.join(', ')} cannot be changed for a drawing.`, {
    hints: [`What the run was trained with stays as it is. These can be changed: ${SAMPLING_SETTINGS.join(', ')}.`],
    exitCode: ExitCode.usage,
  });
}

/**
 * A run's settings with others for a drawing. An option that is chosen anew does not have the settings that the run gave to the former
 * one.
 */
export function samplingSettings(own: readonly Override[], others: readonly Override[]): Override[] {
  return [...own.filter(({ key }) => !others.some((other) => key.startsWith(`${other.key}.`))), ...others];
}
