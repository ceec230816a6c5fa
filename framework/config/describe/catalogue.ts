import { type Class, ComputedField, type Field, GroupField, ValueField, fieldsOf } from '../declare/declare';
import { typeOf } from './format-value';
import type { Docs } from './docs';
import type { Option, Registry } from '../resolve/registry';

/** A setting of a listed option. */
export interface SettingEntry {
  readonly name: string;
  /** Default value, or the default option or options of a slot. */
  readonly initial: unknown;
  /** Readable description of the accepted values. */
  readonly type: string;
  readonly unit?: string;
  /** Kind of the options of a slot. */
  readonly kind?: string;
  readonly doc: string;
}

/** A listed option. */
export interface OptionEntry {
  readonly kind: string;
  readonly name: string;
  readonly doc: string;
  readonly file: string;
  readonly settings: readonly SettingEntry[];
  /** Names of its presets. */
  readonly presets: readonly string[];
}

/** All options of the registry with their settings, each with the first sentence of its doc comment. */
export function catalogue(registry: Registry, docs: Docs): OptionEntry[] {
  return registry.kinds.flatMap((kind) => registry.optionsOf(kind).map((option) => entryOf(option, registry, docs)));
}

function entryOf({ kind, name, type, settings, file, path }: Option, registry: Registry, docs: Docs): OptionEntry {
  const describe = (owner: Class, field: string) => docs.ofField(owner, field, path).summary;
  const presets = settings ? registry.presetsOf(settings).flatMap(({ preset }) => preset.name ?? []) : [];
  return {
    kind: kind.name,
    name,
    doc: docs.ofClass(type, path).summary,
    file,
    settings: settings ? settingsOf(settings, registry, describe, '') : [],
    presets,
  };
}

type Describe = (owner: Class, field: string) => string;

function settingsOf(type: Class, registry: Registry, describe: Describe, prefix: string): SettingEntry[] {
  return fieldsOf(new type()).flatMap(([name, field]) => {
    if (field instanceof GroupField) return settingsOf(field.settings, registry, describe, `${prefix}${name}.`);
    return [{ name: prefix + name, ...fieldDetails(field, registry), doc: describe(type, name) }];
  });
}

function fieldDetails(field: Exclude<Field, GroupField>, registry: Registry): Omit<SettingEntry, 'name' | 'doc'> {
  const type = typeOf(field, registry);
  if (field instanceof ValueField || field instanceof ComputedField) {
    const { unit } = field.rules;
    return { initial: 'initial' in field ? field.initial : undefined, type, ...(unit !== undefined && { unit }) };
  }
  return { initial: typeof field.initial === 'function' ? undefined : field.initial, type, kind: field.kind.name };
}
