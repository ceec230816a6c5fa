import { UserError } from '../../errors';
import type { Class, Kind } from '../declare/declare';
import { didYouMean } from '../../util/nearest';
import { type OptionMark, Preset, markOf } from '../declare/option';
import { checkOption } from './check-option';
import { ErrorCollector } from './error-collector';
import { lineageOf } from './lineage';
import { locateErrors } from './locate-error';
import { truncate } from './validate';

/** The file that exports an option or preset. */
export interface PluginFile {
  /** Its name for display: relative to its project, or with the name of its package. */
  readonly file: string;
  /** Absolute path. */
  readonly path: string;
  /** Package that it comes from, with its version: `exp-plugin-foo@1.2.0`; undefined for this package and the project. */
  readonly package?: string;
}

/** A registered option. */
export interface Option extends OptionMark, PluginFile {
  readonly type: Class;
}

/** A registered preset. */
export interface NamedPreset extends PluginFile {
  readonly preset: Preset;
  /** The name of its export. */
  readonly name: string;
}

/** A plugin's file that could not be loaded. */
export interface BrokenPlugin {
  readonly file: string;
  readonly error: Error;
}

/** Registered options and presets. Not global: several registries can exist in one process. */
export class Registry {
  private readonly byKind = new Map<Kind, Map<string, Option>>();
  private readonly presets: NamedPreset[] = [];
  private readonly duplicates = new Map<Option, UserError>();
  readonly broken: BrokenPlugin[] = [];

  /**
   * Registers the options and presets among the exports of a plugin's file.
   * @throws UserError if there are none, or for options with mistakes; the others are registered
   */
  add(exports: object, file: string, source: Omit<PluginFile, 'file'> = { path: file }): void {
    const plugin = { file, ...source };
    // Keyed by value, so that one class exported under two names counts once.
    const exported = new Map(Object.entries(exports).map(([name, each]: [string, unknown]) => [each, name]));
    const presets = [...exported].flatMap(([each, name]) =>
      each instanceof Preset ? [{ ...plugin, preset: each, name }] : [],
    );
    const options = [...exported.keys()].flatMap((each) => optionOf(each, plugin));
    if (presets.length + options.length === 0) {
      throw new UserError(
        'It exports neither an option nor a preset. Is the class exported and decorated with @option?',
      );
    }
    this.presets.push(...presets);
    const errors = new ErrorCollector();
    for (const option of options) errors.capture(() => this.addOption(option));
    errors.throw();
  }

  private addOption(option: Option): void {
    locateErrors(option, () => checkOption(option, option.type));
    const named = this.byKind.get(option.kind) ?? new Map<string, Option>();
    this.byKind.set(option.kind, named);
    const existing = named.get(option.name);
    if (existing) {
      const files = `${existing.file} and ${option.file}`;
      const error = new UserError(`Duplicate option ${option.name} of kind ${option.kind.name}: ${files}`, {
        hints: ['Rename or remove one of them.'],
      });
      this.duplicates.set(existing, error);
      throw error;
    }
    named.set(option.name, option);
  }

  /** Kinds with at least one option. */
  get kinds(): readonly Kind[] {
    return [...this.byKind.keys()];
  }

  optionsOf(kind: Kind): readonly Option[] {
    return [...(this.byKind.get(kind)?.values() ?? [])];
  }

  /** The presets of a settings class, in order of increasing precedence: base classes first. */
  presetsOf(settings: Class): readonly NamedPreset[] {
    const lineage = lineageOf(settings);
    return this.presets
      .filter(({ preset }) => lineage.includes(preset.settings))
      .sort((one, other) => lineage.indexOf(other.preset.settings) - lineage.indexOf(one.preset.settings));
  }

  /** The exact name of an option, matched exactly or, if unambiguous, ignoring case; unchanged if there is no match. */
  nameOf(kind: Kind, name: string): string {
    const names = this.optionsOf(kind).map((option) => option.name);
    const [match, ...others] = names.filter((each) => each.toLowerCase() === name.toLowerCase());
    return match === undefined || others.length > 0 || names.includes(name) ? name : match;
  }

  /**
   * The option of a kind by its name.
   * @throws UserError if several have that name, or none, suggesting the nearest name and listing plugins that failed to load; the caller adds the setting to the message
   */
  find(kind: Kind, name: string): Option {
    const option = this.byKind.get(kind)?.get(name);
    const duplicate = option && this.duplicates.get(option);
    if (duplicate) throw duplicate;
    if (option) return option;
    const names = this.optionsOf(kind).map((option) => option.name);
    const otherKinds = this.kinds.filter((each) => this.byKind.get(each)?.has(name)).map((each) => each.name);
    const registeredElsewhere =
      otherKinds.length === 0 ? [] : [`${name} is registered as ${otherKinds.join(' and ')}, not as ${kind.name}.`];
    const broken = this.broken.map(({ file, error }) => `${file} could not be loaded: ${error.message}`);
    throw new UserError(`unknown ${kind.name} "${truncate(name)}"`, {
      hints: [didYouMean(name, names, 'Registered'), ...registeredElsewhere, ...broken],
    });
  }
}

/** The option that an export declares, if any. */
function optionOf(exported: unknown, plugin: PluginFile): Option[] {
  const mark = typeof exported === 'function' ? markOf(exported) : undefined;
  return mark ? [{ ...plugin, ...mark, type: exported as Class }] : [];
}
