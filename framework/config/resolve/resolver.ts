import { UserError } from '../../errors';
import { didYouMean } from '../../util/nearest';
import type { PresetValue } from '../declare/presets';
import { isMap, type Plain } from '../declare/shape';
import { compareStrength, type Override, typed } from '../parse/override';
import { referencesIn } from '../parse/parse-text';
import { applied } from './apply-override';
import type { Source } from './config-node';
import type { Mistakes } from './error-collector';
import { check, type Checked, shortened, shown } from './validate';

/** A value with where it came from. */
export interface Sourced extends Source {
  /** @throws UserError where what was said of it cannot be */
  readonly read: () => unknown;
  /** Whether it follows from no computed setting, so that it can be told before anything is made. */
  readonly isKnown: () => boolean;
}

/** A value that is there: a class's default, a name that was chosen. */
export const fixed = (source: Source, value: unknown): Sourced => ({
  ...source,
  read: () => value,
  isKnown: () => true,
});

/** Finds for each key the strongest of what is said of it. Of what is equally strong, the later counts. */
export class Values {
  /** Every setting, by its key. */
  readonly settings = new Map<string, Sourced>();
  /** What presets say, by the key. */
  readonly presets = new Map<string, PresetValue>();
  /** Slots for which an option was wanted that is not there: what settings it would have is not known. */
  readonly unknowable: string[] = [];
  /** The weakest first. */
  readonly overrides: readonly Override[];
  private readonly asked = new Set<string>();

  constructor(overrides: readonly Override[]) {
    this.overrides = [...overrides].sort((one, other) => compareStrength(one.origin, other.origin));
  }

  /**
   * What the user says of a setting, or a preset, or the class.
   * @param weakest what the class says
   */
  of(key: string, field: Checked, weakest: Sourced): Sourced {
    const weaker = this.byPreset(key, field) ?? weakest;
    const overrides = this.overridesOf(key, field);
    const last = overrides.at(-1);
    if (!last) return weaker;
    const isReplaced = overrides[0]?.key === key && overrides[0].action === undefined;
    const apply = (before: Plain, override: Override) =>
      explained(typed(override), override.place, () => applied(field, key, override, before, this.referred));
    const read = () => overrides.reduce(apply, isReplaced ? undefined : (weaker.read() as Plain));
    const references = overrides.flatMap(({ text }) => referencesIn(text));
    const isKnown = () => (isReplaced || weaker.isKnown()) && references.every((name) => this.isKnown(name));
    return { origin: last.origin, place: last.place, read, isKnown };
  }

  /** Reports whatever is said of a setting that cannot be set. */
  refuse(key: string, mistakes: Mistakes): void {
    const said = this.overrides
      .filter((each) => each.key === key && !each.isMap)
      .map((each) => ({ what: typed(each), ...each }));
    const preset = this.presets.get(key);
    for (const { what, place } of [...said, ...(preset ? [{ what: key, ...preset }] : [])]) {
      const hints = [
        'Set what it follows from, or declare it with a type: computed(() => ..., { type })',
        `Set ${place}.`,
      ];
      mistakes.add(
        new UserError(`${shortened(what)}: this follows from other settings, and cannot be set.`, { hints }),
      );
    }
  }

  private byPreset(key: string, field: Checked): Sourced | undefined {
    const preset = this.presets.get(key);
    if (!preset) return undefined;
    const { value, place, preset: named } = preset;
    const read = () => explained(`${key}=${shown(value)}`, place, () => check(field, value));
    return { origin: 'preset', place, preset: named, read, isKnown: () => true };
  }

  /** The last that sets a key, and what adds to that or takes from it; for a map also what is said of its entries. */
  private overridesOf(key: string, { shape }: Checked): readonly Override[] {
    const found = this.overrides.filter((each) =>
      isMap(shape) ? each.key === key || each.key.startsWith(`${key}.`) : each.key === key && !each.isMap,
    );
    const last = found.findLastIndex((each) => each.key === key && each.action === undefined);
    return found.slice(Math.max(0, last));
  }

  private readonly referred = (name: string): unknown => {
    const setting = this.settings.get(name);
    if (setting) return setting.read();
    throw new UserError(`there is no setting ${name} to refer to`, {
      hints: [didYouMean(name, [...this.settings.keys()], 'Settings')],
    });
  };

  private isKnown(name: string): boolean {
    const setting = this.settings.get(name);
    if (this.unknowable.some((slot) => name.startsWith(`${slot}.`))) return false;
    // What is not there, and a circle, are mistakes that reading tells.
    if (!setting || this.asked.has(name)) return true;
    this.asked.add(name);
    const known = setting.isKnown();
    this.asked.delete(name);
    return known;
  }

  /** Reads every value that can be told before something is made, for the mistakes in them. */
  verify(mistakes: Mistakes): void {
    for (const [key, { read }] of this.settings) {
      if (this.isKnown(key)) mistakes.attempt(read);
    }
  }
}

/** Does something with a setting; an error names the setting and where it was said. */
function explained<T>(what: string, place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    // An error with a full stop is told already: it is of a setting that this one refers to.
    if (!(error instanceof UserError) || error.message.endsWith('.')) throw error;
    throw new UserError(`${shortened(what)}: ${error.message}.`, { hints: [...error.hints, `Set ${place}.`] });
  }
}
