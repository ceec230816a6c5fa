import { join } from 'node:path';
import { type Class, type Field, GroupField, type Kind, SlotField, SlotsField, ValueField, fieldsOf } from './declare';
import { type ClassDoc, classDocs } from './docs';
import type { Option, Registry } from './registry';

/** A setting as it is listed. */
export interface SettingEntry {
  readonly name: string;
  /** Its default, or the option it has by default. */
  readonly initial: unknown;
  /** The kind whose options it takes, where it is a slot. */
  readonly kind?: string;
  readonly doc: string;
}

/** An option as it is listed. */
export interface OptionEntry {
  readonly kind: string;
  readonly name: string;
  readonly doc: string;
  readonly file: string;
  readonly settings: readonly SettingEntry[];
}

/**
 * Every option of the registry with its settings, each with the first sentence of its doc comment.
 * @param roots what the options' file names are relative to
 * @param framework files of the framework whose settings classes are extended by those of plugins
 */
export function catalogue(registry: Registry, roots: readonly string[], framework: readonly string[]): OptionEntry[] {
  const shared = new Map(framework.flatMap((file) => [...classDocs(file)]));
  return registry.kinds.flatMap((kind) =>
    registry.optionsOf(kind).map((option) => {
      const docs = new Map([...shared, ...ownDocs(option, roots)]);
      return entryOf(kind, option, docs);
    }),
  );
}

function ownDocs({ file }: Option, roots: readonly string[]): Map<string, ClassDoc> {
  for (const root of roots) {
    try {
      return classDocs(join(root, file));
    } catch {
      // It lies below another root.
    }
  }
  return new Map();
}

function entryOf(kind: Kind, { name, type, settings, file }: Option, docs: ReadonlyMap<string, ClassDoc>): OptionEntry {
  const entries = settings ? settingsOf(settings, docs, '') : [];
  return { kind: kind.name, name, doc: docs.get(type.name)?.summary ?? '', file, settings: entries };
}

function settingsOf(type: Class, docs: ReadonlyMap<string, ClassDoc>, prefix: string): SettingEntry[] {
  return fieldsOf(new type()).flatMap(([name, field]) => {
    if (field instanceof GroupField) return settingsOf(field.settings, docs, `${prefix}${name}.`);
    return [{ name: prefix + name, ...describe(field), doc: fieldDoc(type.name, name, docs) }];
  });
}

function describe(field: Exclude<Field, GroupField>): { initial: unknown; kind?: string } {
  if (field instanceof ValueField) return { initial: field.initial };
  const kind = field.kind.name;
  return field instanceof SlotField || field instanceof SlotsField
    ? { initial: field.initial, kind }
    : { initial: undefined };
}

function fieldDoc(type: string, field: string, docs: ReadonlyMap<string, ClassDoc>): string {
  const doc = docs.get(type);
  return doc?.fields.get(field) ?? (doc?.base === undefined ? '' : fieldDoc(doc.base, field, docs));
}
