import { ExitCode, UserError } from '../errors';
import { didYouMean } from '../util/nearest';

/** @throws UserError naming an option that a function does not have */
export function checkOptions(called: string, options: object, names: readonly string[]): void {
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new UserError(`${called}: unknown option "${unknown}".`, {
    hints: [didYouMean(unknown, names, 'Options')],
    exitCode: ExitCode.usage,
  });
}
