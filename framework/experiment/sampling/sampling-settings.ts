import { type Class, fieldsOf } from '../../config/declare/declare';
import { type Override, parseOverrides } from '../../config/parse/override';
import type { Registry } from '../../config/resolve/registry';
import { Resolution } from '../../config/resolve/resolution';
import { ExitCode, UserError } from '../../errors';
import { findExperiment } from '../find-experiment';

/** An experiment, and the settings of one of its runs. */
interface Trained {
  readonly registry: Registry;
  readonly experiment: string;
  readonly own: readonly Override[];
}

/** Names of the settings marked as `sampling`: they do not affect the trained model, and can be overridden when it is used. */
export function samplingNames(type: Class): string[] {
  return fieldsOf(new type()).flatMap(([name, { rules }]) => (rules.sampling ? [name] : []));
}

/** True for the key of a sampling setting, or of a setting of the option it selects. */
export function isSamplingSetting(key: string, names: readonly string[]): boolean {
  return names.some((name) => key === name || key.startsWith(`${name}.`));
}

/**
 * Parses settings for sampling; those that are parsed already are checked only. `--steps 50` is passed as `--steps=50`, which may also be a setting of a selected option: `search.steps`.
 * @throws UserError if one of them would change the trained model
 */
export function parseSamplingSettings(settings: readonly (string | Override)[], trained: Trained): Override[] {
  const args = settings.filter((each) => typeof each === 'string');
  const parsed = settings.filter((each) => typeof each !== 'string');
  const { settings: type } = findExperiment(trained.registry, trained.experiment);
  const names = type ? samplingNames(type) : [];
  const isNested = (arg: string) => arg.startsWith('--') && !isSamplingSetting(nameOf(arg), names);
  const direct = parseOverrides(args.filter((arg) => !isNested(arg)).map(withoutDashes));
  const nested = args.filter(isNested);
  const expanded = nested.length === 0 ? [] : parseOverrides(expand(nested, names, direct, trained));
  const all = [...direct, ...expanded, ...parsed];
  const fixed = all.map(({ key }) => key).filter((key) => !isSamplingSetting(key, names));
  if (fixed.length === 0) return all;
  throw new UserError(`${fixed.join(', ')} cannot be changed for sampling a run of ${trained.experiment}.`, {
    hints: [`The settings of the trained model are fixed. These can be changed: ${names.toSorted().join(', ')}.`],
    exitCode: ExitCode.usage,
  });
}

/** Replaces the names of options by the keys of the settings of selected options: `--steps=50` by `search.steps=50`. */
function expand(
  args: readonly string[],
  names: readonly string[],
  direct: readonly Override[],
  { registry, experiment, own }: Trained,
): string[] {
  const { root } = new Resolution(registry, findExperiment(registry, experiment), samplingSettings(own, direct));
  const keys = [...root.children()].flatMap((node) => node.values.map(({ key }) => key));
  return args.map((arg) => {
    const name = nameOf(arg);
    const found = keys.filter((key) => key.endsWith(`.${name}`) && isSamplingSetting(key, names));
    return withoutDashes(arg).replace(name, found.length === 1 ? (found[0] ?? name) : name);
  });
}

const withoutDashes = (arg: string) => arg.replace(/^--/, '');

const nameOf = (arg: string) => withoutDashes(arg).split('=', 1)[0] ?? '';

/**
 * Applies changes to a run's settings. If a change selects another option, the run's settings of the previous option are dropped.
 */
export function samplingSettings(own: readonly Override[], changes: readonly Override[]): Override[] {
  return [...own.filter(({ key }) => !changes.some((change) => key.startsWith(`${change.key}.`))), ...changes];
}
