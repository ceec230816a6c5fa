import { value } from '../config/declare/declare';
import type { Of } from '../config/declare/shape';
import { UserError } from '../errors';
import type { Parameter } from '../nn/parameter';
import { didYouMean } from '../util/nearest';
import { pluginName } from './contract';

/** What can be set for a group of parameters. */
const GROUP = { fields: { rate: 'number', decay: 'number', frozen: 'boolean' } } as const;

/** Options of a group: a factor of the learning rate, the weight decay, and whether its parameters keep their values. */
export type GroupOptions = Of<typeof GROUP>;

/** Settings of every optimizer, which its own extend. */
export class OptimizerSettings {
  /**
   * Options of parameters by patterns of their names, such as `*bias`: `rate`, a factor of the learning rate; `decay`, the weight decay;
   * `frozen`. Each option is that of the last pattern that matches.
   */
  groups = value({}, { type: { each: GROUP }, min: 0, role: 'hyperparameter' });
}

/** Parameters that are updated with the same options. */
export interface ParameterGroup {
  readonly parameters: ReadonlySet<Parameter>;
  /** Factor of the learning rate. */
  readonly rate: number;
  /** Weight decay; that of the optimizer if undefined. */
  readonly decay: number | undefined;
}

/**
 * The groups of an optimizer's parameters, without the frozen ones.
 * @param optimizer named in errors
 * @throws UserError if a pattern matches no parameter, or all parameters are frozen
 */
export function groupsOf(
  optimizer: object,
  parameters: readonly Parameter[],
  patterns: OptimizerSettings['groups'],
): ParameterGroup[] {
  for (const pattern of Object.keys(patterns)) checkPattern(optimizer, pattern, parameters);
  const groups = new Map<string, ParameterGroup & { readonly parameters: Set<Parameter> }>();
  for (const parameter of parameters) {
    const { rate = 1, decay, frozen = false } = optionsOf(parameter.name, patterns);
    if (frozen) continue;
    const key = JSON.stringify([rate, decay]);
    const group = groups.get(key) ?? { parameters: new Set(), rate, decay };
    groups.set(key, group);
    group.parameters.add(parameter);
  }
  if (groups.size === 0 && parameters.length > 0) throw everythingFrozen(optimizer, patterns);
  return [...groups.values()];
}

/** The options of a parameter: each from the last pattern that matches its name. */
function optionsOf(name: string, patterns: OptimizerSettings['groups']): GroupOptions {
  const matching = Object.entries(patterns).filter(([pattern]) => matches(pattern, name));
  return Object.assign({}, ...matching.map(([, options]) => options)) as GroupOptions;
}

/** Whether a name is of a pattern, in which `*` stands for any text, also with dots, and `?` for one character. */
function matches(pattern: string, name: string): boolean {
  const escaped = pattern.replace(/[\\^$.+()[\]{}|]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(name);
}

function checkPattern(optimizer: object, pattern: string, parameters: readonly Parameter[]): void {
  const names = parameters.map(({ name }) => name);
  if (names.some((name) => matches(pattern, name))) return;
  throw new UserError(`${pluginName(optimizer)}: groups: "${pattern}" matches no parameter.`, {
    hints: [didYouMean(pattern, candidates(pattern, names), 'Parameters')].filter(Boolean),
  });
}

/** Names to suggest for a pattern; with wildcards in front or at the end, as in the pattern, parts of them. */
function candidates(pattern: string, names: readonly string[]): readonly string[] {
  if (!/[*?]/.test(pattern)) return names;
  const paths = names.map((name) => name.split('.'));
  const starts = paths.flatMap((path) => path.slice(1).map((_, end) => `${path.slice(0, end + 1).join('.')}.*`));
  const ends = paths.flatMap((path) => [`*${path.at(-1) ?? ''}`, `*.${path.at(-1) ?? ''}`]);
  return [...new Set(pattern.endsWith('*') ? starts : ends)];
}

function everythingFrozen(optimizer: object, patterns: OptimizerSettings['groups']): UserError {
  const frozen = Object.entries(patterns).flatMap(([pattern, options]) => (options.frozen ? [`"${pattern}"`] : []));
  return new UserError(`${pluginName(optimizer)}: groups: all parameters are frozen.`, {
    hints: [`Set frozen=false for a pattern after ${frozen.join(', ')}.`],
  });
}
