import { UserError } from '../../errors';
import { didYouMean } from '../../util/nearest';
import type { PresetValue } from '../declare/presets';
import { isMap, type Plain } from '../declare/shape';
import { compareStrength, type Override, typed } from '../parse/override';
import { referencesIn } from '../parse/parse-text';
import { applyOverride } from './apply-override';
import type { Provenance } from './config-node';
import type { ErrorCollector } from './error-collector';
import { validate, type FieldSchema, truncate, formatValue } from './validate';

/** A value with where it came from. */
export interface Sourced extends Provenance {
  /** @throws UserError where what was said of it cannot be */
  readonly read: () => unknown;
  /** Whether it follows from no computed setting, so that it can be told before anything is made. */
  readonly isKnown: () => boolean;
}

/** A value that is there: a class's default, a name that was chosen. */
export const fixed = (source: Provenance, value: unknown): Sourced => ({
  ...source,
  read: () => value,
  isKnown: () => true,
});

/** Finds for each key the strongest of what is said of it. Of what is equally strong, the later counts. */
export class Resolver {
  /** Every setting, by its key. */
  readonly settings = new Map<string, Sourced>();
  /** What presets say, by the key. */
  readonly presets = new Map<string, PresetValue>();
  /** Slots for which an option was wanted that is not there: what settings it would have is not known. */
  readonly unresolvable: string[] = [];
  /** The weakest first. */
  readonly overrides: readonly Override[];
  private readonly visited = new Set<string>();

  constructor(overrides: readonly Override[]) {
    this.overrides = [...overrides].sort((one, other) => compareStrength(one.origin, other.origin));
  }

  /**
   * What the user says of a setting, or a preset, or the class.
   * @param weakest what the class says
   */
  resolve(key: string, field: FieldSchema, weakest: Sourced): Sourced {
    const weaker = this.byPreset(key, field) ?? weakest;
    const overrides = this.overridesOf(key, field);
    const last = overrides.at(-1);
    if (!last) return weaker;
    const isReplaced = overrides[0]?.key === key && overrides[0].action === undefined;
    const apply = (before: Plain, override: Override) =>
      withErrorContext(typed(override), override.location, () =>
        applyOverride(field, key, override, before, this.lookup),
      );
    const read = () => overrides.reduce(apply, isReplaced ? undefined : (weaker.read() as Plain));
    const references = overrides.flatMap(({ text }) => referencesIn(text));
    const isKnown = () => (isReplaced || weaker.isKnown()) && references.every((name) => this.isKnown(name));
    return { origin: last.origin, location: last.location, read, isKnown };
  }

  /** Reports whatever is said of a setting that cannot be set. */
  refuse(key: string, mistakes: ErrorCollector): void {
    const said = this.overrides
      .filter((each) => each.key === key && !each.isMap)
      .map((each) => ({ what: typed(each), ...each }));
    const preset = this.presets.get(key);
    for (const { what, location } of [...said, ...(preset ? [{ what: key, ...preset }] : [])]) {
      const hints = [
        'Set what it follows from, or declare it with a type: computed(() => ..., { type })',
        `Set ${location}.`,
      ];
      mistakes.add(new UserError(`${truncate(what)}: this follows from other settings, and cannot be set.`, { hints }));
    }
  }

  private byPreset(key: string, field: FieldSchema): Sourced | undefined {
    const preset = this.presets.get(key);
    if (!preset) return undefined;
    const { value, location, preset: named } = preset;
    const read = () => withErrorContext(`${key}=${formatValue(value)}`, location, () => validate(field, value));
    return { origin: 'preset', location, preset: named, read, isKnown: () => true };
  }

  /** The last that sets a key, and what adds to that or takes from it; for a map also what is said of its entries. */
  private overridesOf(key: string, { shape }: FieldSchema): readonly Override[] {
    const found = this.overrides.filter((each) =>
      isMap(shape) ? each.key === key || each.key.startsWith(`${key}.`) : each.key === key && !each.isMap,
    );
    const last = found.findLastIndex((each) => each.key === key && each.action === undefined);
    return found.slice(Math.max(0, last));
  }

  private readonly lookup = (name: string): unknown => {
    const setting = this.settings.get(name);
    if (setting) return setting.read();
    throw new UserError(`there is no setting ${name} to refer to`, {
      hints: [didYouMean(name, [...this.settings.keys()], 'Settings')],
    });
  };

  private isKnown(name: string): boolean {
    const setting = this.settings.get(name);
    if (this.unresolvable.some((slot) => name.startsWith(`${slot}.`))) return false;
    // What is not there, and a circle, are mistakes that reading tells.
    if (!setting || this.visited.has(name)) return true;
    this.visited.add(name);
    const known = setting.isKnown();
    this.visited.delete(name);
    return known;
  }

  /** Reads every value that can be told before something is made, for the mistakes in them. */
  verify(mistakes: ErrorCollector): void {
    for (const [key, { read }] of this.settings) {
      if (this.isKnown(key)) mistakes.capture(read);
    }
  }
}

/** Does something with a setting; an error names the setting and where it was said. */
function withErrorContext<T>(what: string, location: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    // An error with a full stop is told already: it is of a setting that this one refers to.
    if (!(error instanceof UserError) || error.message.endsWith('.')) throw error;
    throw new UserError(`${truncate(what)}: ${error.message}.`, { hints: [...error.hints, `Set ${location}.`] });
  }
}
