import { fileOverrides } from './config-file';
import { ErrorCollector } from '../resolve/error-collector';
import { type Environment, type Override, environmentOverrides, parseOverrides } from './override';

/** Where settings are given, beside the presets and classes of the code. */
export interface Sources {
  /** Words of the command line: `epochs=100`. */
  readonly args: readonly string[];
  /** YAML or JSON files; of two that set the same, the later counts. */
  readonly files?: readonly string[];
  /** Where EXPLAB_SET is looked for, and what references name. */
  readonly environment?: Environment;
}

/**
 * Every setting that was given, the weakest first.
 * @throws UserError listing the files and words that cannot be understood
 */
export function gatherOverrides({ args, files = [], environment = process.env }: Sources): Override[] {
  const mistakes = new ErrorCollector();
  const gather = (read: () => Override[]) => mistakes.capture(read) ?? [];
  const found = [
    ...gather(() => environmentOverrides(environment)),
    ...files.flatMap((file) => gather(() => fileOverrides(file, environment))),
    ...gather(() => parseOverrides(args, environment)),
  ];
  mistakes.throw();
  return found;
}
