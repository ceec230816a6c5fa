import { UserError } from '../../errors';
import type { Class, Kind } from '../declare/declare';
import { didYouMean } from '../../util/nearest';
import { type OptionMark, Preset, markOf } from '../declare/option';

/** An option as the registry keeps it. */
export interface Option extends OptionMark {
  readonly type: Class;
  /** The file that exports it. */
  readonly file: string;
}

/** A preset as the registry keeps it. */
export interface NamedPreset {
  readonly preset: Preset;
  /** What it is exported as. */
  readonly name: string;
  /** The file that exports it. */
  readonly file: string;
}

/** A plugin's file that could not be loaded. */
export interface BrokenPlugin {
  readonly file: string;
  readonly error: Error;
}

/** The options and presets that were found; it belongs to whoever made it, so two can live in one process. */
export class Registry {
  private readonly byKind = new Map<Kind, Map<string, Option>>();
  private readonly presets: NamedPreset[] = [];
  readonly broken: BrokenPlugin[] = [];

  /**
   * Takes the options and presets among the exports of a plugin's file.
   * @throws UserError where there are none, or an option of that kind and name is there already
   */
  add(exports: object, file: string): void {
    // By what is exported, so that one thing under two names counts once.
    const exported = new Map(Object.entries(exports).map(([name, each]: [string, unknown]) => [each, name]));
    const presets = [...exported].flatMap(([each, name]) =>
      each instanceof Preset ? [{ preset: each, name, file }] : [],
    );
    const options = [...exported.keys()].flatMap((each) => optionOf(each, file));
    if (presets.length + options.length === 0) {
      throw new UserError('It exports neither an option nor a preset: is the class exported, and marked by @option?');
    }
    for (const option of options) this.addOption(option);
    this.presets.push(...presets);
  }

  private addOption(option: Option): void {
    const named = this.byKind.get(option.kind) ?? new Map<string, Option>();
    this.byKind.set(option.kind, named);
    const before = named.get(option.name);
    if (before) {
      const files = `${before.file} and ${option.file}`;
      throw new UserError(`There are two options ${option.name} of the kind ${option.kind.name}: ${files}.`);
    }
    named.set(option.name, option);
  }

  /** The kinds that have options. */
  get kinds(): readonly Kind[] {
    return [...this.byKind.keys()];
  }

  optionsOf(kind: Kind): readonly Option[] {
    return [...(this.byKind.get(kind)?.values() ?? [])];
  }

  /** The presets of a settings class, those of its base classes first, so that those of the class itself are stronger. */
  presetsOf(settings: Class): readonly NamedPreset[] {
    const lineage = lineageOf(settings);
    return this.presets
      .filter(({ preset }) => lineage.includes(preset.settings))
      .sort((one, other) => lineage.indexOf(other.preset.settings) - lineage.indexOf(one.preset.settings));
  }

  /** A name as the option that it means is called: where there is none of that very name, the only one that it differs from by case. */
  nameOf(kind: Kind, name: string): string {
    const names = this.optionsOf(kind).map((option) => option.name);
    const [meant, ...others] = names.filter((each) => each.toLowerCase() === name.toLowerCase());
    return meant === undefined || others.length > 0 || names.includes(name) ? name : meant;
  }

  /**
   * The option of a kind by its name, which the message of the error leaves to the caller to say.
   * @throws UserError proposing the nearest name, and naming plugins that could not be loaded
   */
  find(kind: Kind, name: string): Option {
    const found = this.byKind.get(kind)?.get(name);
    if (found) return found;
    const names = this.optionsOf(kind).map((option) => option.name);
    const elsewhere = this.kinds.filter((each) => this.byKind.get(each)?.has(name)).map((each) => each.name);
    const kinds = elsewhere.length === 0 ? [] : [`${name} is there as ${elsewhere.join(' and ')}, which this is not.`];
    const broken = this.broken.map(({ file, error }) => `${file} could not be loaded: ${error.message}`);
    throw new UserError(`there is no ${kind.name} of that name`, {
      hints: [didYouMean(name, names, 'Registered'), ...kinds, ...broken],
    });
  }
}

/** The option that an export is, if it is one. */
function optionOf(exported: unknown, file: string): Option[] {
  const mark = typeof exported === 'function' ? markOf(exported) : undefined;
  return mark ? [{ ...mark, type: exported as Class, file }] : [];
}

/** A class and the classes that it extends, itself first. */
export function lineageOf(type: Class): Class[] {
  const base = Object.getPrototypeOf(type) as Class | null;
  return base && base !== Function.prototype ? [type, ...lineageOf(base)] : [type];
}
