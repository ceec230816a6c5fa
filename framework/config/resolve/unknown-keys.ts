import { UserError } from '../../errors';
import { truncate } from './validate';
import type { ErrorCollector } from './error-collector';
import { didYouMean } from '../../util/nearest';
import { type Override, typed } from '../parse/override';
import type { PresetValue } from '../declare/presets';
import type { Resolver } from './resolver';

/** The keys of a config. */
export interface Keys {
  /** Of every setting. */
  readonly known: readonly string[];
  /** Of maps, whose entries have keys that the user makes up. */
  readonly maps: readonly string[];
  /** Of slots for which an option was wanted that is not there: what settings it would have is not known. */
  readonly unknowable: readonly string[];
}

const isBelow = (key: string, parents: readonly string[]) => parents.some((parent) => key.startsWith(`${parent}.`));

/** Reports overrides whose keys nothing has. */
export function reportUnknown(
  experiment: string,
  overrides: readonly Override[],
  keys: Keys,
  mistakes: ErrorCollector,
): void {
  const { known, maps, unknowable } = keys;
  for (const override of overrides) {
    const { key, location } = override;
    if (override.isMap) continue;
    if (known.includes(key) || isBelow(key, [...maps, ...unknowable])) continue;
    const inner = known.filter((each) => each.startsWith(`${key}.`)).slice(0, 8);
    const hint = inner.length > 0 ? `It has ${inner.join(', ')}.` : didYouMean(key, known, 'Settings');
    const what =
      inner.length > 0 ? `${key} is a group of settings, not one` : `${experiment} has no setting of that name`;
    mistakes.add(
      new UserError(`${truncate(typed(override))}: ${what}.`, { hints: [hint, `Set ${location}.`].filter(Boolean) }),
    );
  }
}

/** Reports keys of presets that nothing has. */
export function reportUnknownInPresets(values: Resolver, { known }: Keys, mistakes: ErrorCollector): void {
  for (const [key, preset] of values.presets) {
    if (known.includes(key) || isReplaced(values, key, preset)) continue;
    const hints = [didYouMean(key, known, 'Settings'), `Set ${preset.location}.`].filter(Boolean);
    mistakes.add(new UserError(`${key}: a preset sets this, but there is no setting of that name.`, { hints }));
  }
}

/** A preset may speak of the option that it was made for; that somebody chose another one is no mistake. */
function isReplaced({ settings }: Resolver, key: string, preset: PresetValue): boolean {
  return [...settings].some(
    ([slot, { origin, location }]) =>
      key.startsWith(`${slot}.`) && origin !== 'default' && location !== preset.location,
  );
}
