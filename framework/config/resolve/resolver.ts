import { UserError } from '../../errors';
import { didYouMean } from '../../util/nearest';
import type { PresetValue } from '../declare/presets';
import { isMap, type Plain } from '../declare/shape';
import { comparePrecedence, type Override, formatOverride } from '../parse/override';
import { referencesIn } from '../parse/parse-value';
import { applyOverride } from './apply-override';
import type { Provenance } from './config-node';
import type { ErrorCollector } from './error-collector';
import { validate, type FieldSchema, truncate, formatValue } from './validate';

/** A value with its origin. */
export interface SourcedValue extends Provenance {
  /** @throws UserError for an invalid value */
  readonly read: () => unknown;
  /** True if it depends on no computed setting, so that it can be read before any object is created. */
  readonly isKnown: () => boolean;
}

/** Values of a setting that neither the user nor a preset sets, in order of decreasing precedence. */
export interface DefaultValues {
  /** Passed down by the experiment. */
  readonly inherited?: SourcedValue | undefined;
  readonly computed?: SourcedValue | undefined;
  /** The class's default. */
  readonly initial: () => SourcedValue;
}

/** A constant value: the default of a class, or a chosen name. */
export const constantValue = (source: Provenance, value: unknown): SourcedValue => ({
  ...source,
  read: () => value,
  isKnown: () => true,
});

/** Resolves each key to the value of highest precedence. At equal precedence, the last one wins. */
export class Resolver {
  /** All settings, by key. */
  readonly settings = new Map<string, SourcedValue>();
  /** Values of presets, by key. */
  readonly presets = new Map<string, PresetValue>();
  /** Slots set to an unknown option, whose settings are therefore unknown. */
  readonly unresolvable: string[] = [];
  /** In order of increasing precedence. */
  readonly overrides: readonly Override[];
  private readonly visited = new Set<string>();

  constructor(overrides: readonly Override[]) {
    this.overrides = [...overrides].sort((one, other) => comparePrecedence(one.origin, other.origin));
  }

  /**
   * Resolves a setting: the user's overrides take precedence over presets, those over a value passed down by the experiment, that over a
   * computed one, and that over the class's default. Of overrides, the command line takes precedence over files, those over the environment.
   */
  resolve(key: string, field: FieldSchema, { inherited, computed, initial }: DefaultValues): SourcedValue {
    return this.override(key, field, this.presetValue(key, field) ?? inherited ?? computed ?? initial());
  }

  /** Applies the overrides of a key, in order of increasing precedence, to the value of lower precedence. */
  private override(key: string, field: FieldSchema, lower: SourcedValue): SourcedValue {
    const overrides = this.overridesOf(key, field);
    const last = overrides.at(-1);
    if (!last) return lower;
    const isReplaced = overrides[0]?.key === key && overrides[0].action === undefined;
    const apply = (before: Plain, override: Override) =>
      withErrorContext(formatOverride(override), override.location, () =>
        applyOverride(field, key, override, before, this.lookup),
      );
    const read = () => overrides.reduce(apply, isReplaced ? undefined : (lower.read() as Plain));
    const references = overrides.flatMap(({ text }) => referencesIn(text));
    const isKnown = () => (isReplaced || lower.isKnown()) && references.every((name) => this.isKnown(name));
    return { origin: last.origin, location: last.location, read, isKnown };
  }

  /** Reports attempts to set a setting that cannot be set. */
  rejectOverrides(key: string, errors: ErrorCollector): void {
    const overrides = this.overrides
      .filter((each) => each.key === key && !each.isMap)
      .map((each) => ({ what: formatOverride(each), ...each }));
    const preset = this.presets.get(key);
    for (const { what, location } of [...overrides, ...(preset ? [{ what: key, ...preset }] : [])]) {
      const hints = [
        'Set the settings it is computed from, or declare it with a type: computed(() => ..., { type })',
        `Set ${location}.`,
      ];
      errors.add(new UserError(`${truncate(what)}: this setting is computed and cannot be set.`, { hints }));
    }
  }

  private presetValue(key: string, field: FieldSchema): SourcedValue | undefined {
    const preset = this.presets.get(key);
    if (!preset) return undefined;
    const { value, location, preset: named } = preset;
    const read = () => withErrorContext(`${key}=${formatValue(value)}`, location, () => validate(field, value));
    return { origin: 'preset', location, preset: named, read, isKnown: () => true };
  }

  /** The last override that sets a key, and later ones that add to it or remove from it; for a map, also those of its entries. */
  private overridesOf(key: string, { shape }: FieldSchema): readonly Override[] {
    const matching = this.overrides.filter((each) =>
      isMap(shape) ? each.key === key || each.key.startsWith(`${key}.`) : each.key === key && !each.isMap,
    );
    const last = matching.findLastIndex((each) => each.key === key && each.action === undefined);
    return matching.slice(Math.max(0, last));
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
    // Unknown names and cycles are reported when the value is read.
    if (!setting || this.visited.has(name)) return true;
    this.visited.add(name);
    const known = setting.isKnown();
    this.visited.delete(name);
    return known;
  }

  /** Validates all values that can be read before any object is created. */
  verify(errors: ErrorCollector): void {
    for (const [key, { read }] of this.settings) {
      if (this.isKnown(key)) errors.capture(read);
    }
  }
}

/** Runs a function; adds the setting and its location to a UserError that it throws. */
function withErrorContext<T>(what: string, location: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    // An error with a full stop already has its context: it is about a setting that this one refers to.
    if (!(error instanceof UserError) || error.message.endsWith('.')) throw error;
    throw new UserError(`${truncate(what)}: ${error.message}.`, { hints: [...error.hints, `Set ${location}.`] });
  }
}
