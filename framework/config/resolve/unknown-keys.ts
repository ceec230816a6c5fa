import { UserError } from '../../errors';
import { truncate } from './validate';
import type { ConfigNode } from './config-node';
import type { ErrorCollector } from './error-collector';
import { didYouMean } from '../../util/nearest';
import { type Override, formatOverride } from '../parse/override';
import type { PresetValue } from '../declare/presets';
import type { Resolver } from './resolver';

/** Keys of a config. */
export interface Keys {
  /** Keys of all settings. */
  readonly known: readonly string[];
  /** Keys of maps, whose entries have keys chosen by the user. */
  readonly maps: readonly string[];
  /** Slots set to an unknown option, whose settings are therefore unknown. */
  readonly unknowable: readonly string[];
}

const isBelow = (key: string, parents: readonly string[]) => parents.some((parent) => key.startsWith(`${parent}.`));

/** Reports overrides with unknown keys. */
export function reportUnknown(
  root: ConfigNode,
  overrides: readonly Override[],
  keys: Keys,
  errors: ErrorCollector,
): void {
  const { known, maps, unknowable } = keys;
  for (const override of overrides) {
    const { key, location } = override;
    if (override.isMap) continue;
    if (known.includes(key) || isBelow(key, [...maps, ...unknowable])) continue;
    const inner = known.filter((each) => each.startsWith(`${key}.`)).slice(0, 8);
    const hint = inner.length > 0 ? `It contains ${inner.join(', ')}.` : didYouMean(key, known, 'Settings');
    const what = inner.length > 0 ? `${key} is a group of settings, not a setting` : hasNoSetting(root, key);
    errors.add(
      new UserError(`${truncate(formatOverride(override))}: ${what}.`, {
        hints: [hint, `Set ${location}.`].filter(Boolean),
      }),
    );
  }
}

/** Reports presets with unknown keys. */
export function reportUnknownInPresets(
  root: ConfigNode,
  values: Resolver,
  { known }: Keys,
  errors: ErrorCollector,
): void {
  for (const [key, preset] of values.presets) {
    if (known.includes(key) || isReplaced(values, key, preset)) continue;
    const hints = [didYouMean(key, known, 'Settings'), `Set ${preset.location}.`].filter(Boolean);
    errors.add(new UserError(`${key}: ${hasNoSetting(root, key)}.`, { hints }));
  }
}

/** "MLP has no setting "hiden"", for `model.hiden`: names the innermost option that the key may belong to. */
function hasNoSetting(root: ConfigNode, key: string): string {
  const owners = [...root.children()].filter((node) => node.option && isBelow(key, [node.key]));
  const owner = owners.at(-1) ?? root;
  const name = owner === root ? key : key.slice(owner.key.length + 1);
  return `${owner.option?.name ?? ''} has no setting "${truncate(name)}"`;
}

/** True if the key belongs to an option that was replaced: a preset may set options of its default, which the user may change. */
function isReplaced({ settings }: Resolver, key: string, preset: PresetValue): boolean {
  return [...settings].some(
    ([slot, { origin, location }]) =>
      key.startsWith(`${slot}.`) && origin !== 'default' && location !== preset.location,
  );
}
