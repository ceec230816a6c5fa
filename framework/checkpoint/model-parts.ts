import { UserError } from '../errors';
import { nearest } from '../util/nearest';

/** The part of an experiment's only model. */
export const DEFAULT_MODEL = 'model';

/** Name of the part with the average of a model's weights: `ema`, or `generator.ema`. */
export function averagePartOf(model: string): string {
  return model === DEFAULT_MODEL ? 'ema' : `${model}.ema`;
}

/**
 * Checks that a part has the weights of a model.
 * @param parts names of all parts
 * @param choice how a user chooses another, for the error
 * @throws UserError with the models that there are
 */
export function checkModelPart(part: string, parts: readonly string[], choice = '--part '): void {
  const models = parts.filter((name) => !/(^|\.)(ema|optimizer)$/.test(name));
  if (models.includes(part)) return;
  const near = nearest(part, models);
  throw new UserError(`There is no model "${part}".`, {
    hints: [
      ...(near === undefined ? [] : [`Did you mean ${near}?`]),
      `Choose one with ${choice.replace(/[ =]$/, '')}: ${models.join(', ') || 'there is none'}.`,
    ],
  });
}
