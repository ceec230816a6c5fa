import { type OptionEntry, catalogue } from '../config/describe/catalogue';
import { didYouMean } from '../util/nearest';
import type { BrokenPlugin } from '../config/resolve/registry';
import { ExitCode, UserError } from '../errors';
import { docs, createContext } from './command-context';
import { type PluginProblem, pluginProblems } from './describe-plugins';

/**
 * Lists the registered options.
 * @param name of an option, an experiment or a kind to list only; undefined for all
 * @throws UserError for an unknown name
 */
export function listOptions(name: string | undefined): {
  options: OptionEntry[];
  broken: readonly BrokenPlugin[];
  problems: readonly PluginProblem[];
} {
  const { registry } = createContext();
  const all = catalogue(registry, docs());
  const options = name === undefined ? all : all.filter((option) => [option.name, option.kind].includes(name));
  const { broken } = registry;
  const problems = pluginProblems(registry);
  if (options.length > 0 || name === undefined) return { options, broken, problems };
  const names = [...new Set(all.flatMap((option) => [option.name, option.kind]))];
  throw new UserError(`Unknown experiment, option or kind "${name}".`, {
    hints: [didYouMean(name, names, 'Registered'), ...problems.map(({ file, text }) => `${file} ${text}`)].filter(
      Boolean,
    ),
    exitCode: ExitCode.usage,
  });
}
