import { join } from 'node:path';
import { type OptionEntry, catalogue } from '../config/catalogue';
import { didYouMean } from '../config/nearest';
import type { BrokenPlugin } from '../config/registry';
import { ExitCode, UserError } from '../errors';
import { openLab, roots } from './lab';

/** Files of the framework whose settings classes plugins and experiments extend. */
const SHARED_SETTINGS = ['experiment/index.ts', 'checkpoint/index.ts', 'kinds/index.ts'];

/**
 * What is registered, or what of it has a name.
 * @param name of an option, an experiment or a kind
 * @throws UserError where nothing has that name
 */
export function listOptions(name: string | undefined): { options: OptionEntry[]; broken: readonly BrokenPlugin[] } {
  const { registry } = openLab();
  const shared = SHARED_SETTINGS.map((file) => join(__dirname, '..', file));
  const all = catalogue(registry, roots(), shared);
  const options = name === undefined ? all : all.filter((option) => [option.name, option.kind].includes(name));
  if (options.length > 0 || name === undefined) return { options, broken: registry.broken };
  const names = [...new Set(all.flatMap((option) => [option.name, option.kind]))];
  throw new UserError(`Nothing is registered by the name ${name}.`, {
    hints: [didYouMean(name, names, 'Registered')],
    exitCode: ExitCode.usage,
  });
}
