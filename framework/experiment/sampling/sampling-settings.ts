import { type Override, parseOverrides } from '../../config/parse/override';
import { ExitCode, UserError } from '../../errors';

/** Settings that can be overridden for sampling: they do not affect the trained model. */
export const SAMPLING_SETTINGS = ['class', 'ema', 'guidance', 'quality', 'sampler'];

/**
 * Parses settings for sampling.
 * @throws UserError if one of them would change the trained model
 */
export function parseSamplingSettings(args: readonly string[]): Override[] {
  const settings = parseOverrides(args);
  const keys = settings.map(({ key }) => key);
  const fixed = keys.filter((key) => !SAMPLING_SETTINGS.some((name) => key === name || key.startsWith(`${name}.`)));
  if (fixed.length === 0) return settings;
  throw new UserError(`${fixed.join(', ')} cannot be changed for sampling.`, {
    hints: [`The settings of the trained model are fixed. These can be changed: ${SAMPLING_SETTINGS.join(', ')}.`],
    exitCode: ExitCode.usage,
  });
}

/**
 * Applies changes to a run's settings. If a change selects another option, the run's settings of the previous option are dropped.
 */
export function samplingSettings(own: readonly Override[], changes: readonly Override[]): Override[] {
  return [...own.filter(({ key }) => !changes.some((change) => key.startsWith(`${change.key}.`))), ...changes];
}
