import { type OptionEntry, catalogue } from '../config/describe/catalogue';
import { didYouMean } from '../util/nearest';
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
  broken: readonly PluginProblem[];
} {
  const { registry } = createContext();
  const all = catalogue(registry, docs());
  const options = name === undefined ? all : all.filter((option) => [option.name, option.kind].includes(name));
  const broken = pluginProblems(registry);
  if (options.length > 0 || name === undefined) return { options, broken };
  const names = [...new Set(all.flatMap((option) => [option.name, option.kind]))];
  throw new UserError(`Unknown experiment, option or kind "${name}".`, {
    hints: [didYouMean(name, names, 'Registered'), ...broken.map(({ file, error }) => `${file} ${error}`)].filter(
      Boolean,
    ),
    exitCode: ExitCode.usage,
  });
}
