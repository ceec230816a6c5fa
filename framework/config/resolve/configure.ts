import { UserError } from '../../errors';
import { ConfigNode, type Provenance } from './config-node';
import { type FieldSchema, validate, fieldSchemaOf, truncate } from './validate';
import {
  ComputedField,
  type Field,
  type Defaults,
  GroupField,
  type Kind,
  type SlotField,
  SlotsField,
  ValueField,
  fieldsOf,
} from '../declare/declare';
import { ErrorCollector } from './error-collector';
import type { Override } from '../parse/override';
import { PRESET, presetField, presetValues } from '../declare/presets';
import type { Option, Registry } from './registry';
import { isMap } from '../declare/shape';
import { reportUnknown, reportUnknownInPresets } from './unknown-keys';
import { type Sourced, Resolver, fixed } from './resolver';

class NoSettings {}

/** Options within options beyond this are one that has itself as its default. */
const MAX_DEPTH = 24;

/** Makes the object that a branch stands for. */
export type Make = (branch: ConfigNode) => unknown;

/** Gives what an experiment hands down to an option. */
type InheritedDefault = (() => unknown) | undefined;

const CLASS_DEFAULT = { origin: 'default', location: undefined } as const;

/** Of a slot that is filled by a function: there is no option that could be named. */
const COMPUTED: Sourced = { origin: 'computed', location: undefined, read: () => undefined, isKnown: () => false };

/**
 * The config of an experiment: its settings class with the presets that apply and the user's overrides, all checked. Nothing is
 * made yet: slots are made by `Resolution` when they are read.
 * @throws UserError listing everything that is wrong, each with the nearest valid name and where it came from
 */
export function configure(
  registry: Registry,
  experiment: Option,
  overrides: readonly Override[],
  make: Make,
): ConfigNode {
  const builder = new Builder(registry, new Resolver(overrides), make);
  const root = builder.option(experiment, '', {}, undefined);
  builder.finish(experiment.name);
  return root;
}

/** Builds branches and collects what is wrong with them. */
class Builder {
  private readonly maps: string[] = [];
  private readonly mistakes = new ErrorCollector();

  constructor(
    private readonly registry: Registry,
    private readonly values: Resolver,
    private readonly make: Make,
  ) {}

  option(option: Option, key: string, defaults: Defaults, parent: ConfigNode | undefined): ConfigNode {
    const type = option.settings ?? NoSettings;
    return this.fill(new ConfigNode(key, type, new type(), option, parent), defaults);
  }

  private fill(branch: ConfigNode, defaults: Defaults): ConfigNode {
    const fields = fieldsOf(branch.settings);
    this.takePresets(branch, new Map(fields));
    for (const [name, field] of fields) {
      this.field(branch, name, field, Object.hasOwn(defaults, name) ? defaults[name] : undefined);
    }
    Object.preventExtensions(branch.settings);
    return branch;
  }

  /** Takes the values of the presets of a branch's class; those of an outer branch are stronger. */
  private takePresets(branch: ConfigNode, fields: ReadonlyMap<string, Field>): void {
    const presets = this.registry.presetsOf(branch.type);
    const field = presetField(presets);
    if (field && fields.has(PRESET)) throw new Error(`${branch.type.name}.${PRESET}: that name chooses presets`);
    const chosen = field && this.mistakes.capture(this.value(branch, PRESET, field, undefined));
    const current = (name: string, byPreset: unknown) => this.current(branch.keyOf(name), fields.get(name), byPreset);
    for (const [name, preset] of presetValues(presets, (chosen ?? []) as string[], current)) {
      const key = branch.keyOf(name);
      if (!this.values.presets.has(key)) this.values.presets.set(key, preset);
    }
  }

  /** What a field is while presets are chosen; nothing where that cannot be told. */
  private current(key: string, field: Field | undefined, byPreset: unknown): unknown {
    const checked = field && !(field instanceof GroupField) ? this.checkedFor(field) : undefined;
    if (!field || !checked) return undefined;
    const initial = byPreset ?? ('initial' in field ? field.initial : undefined);
    try {
      return this.values.resolve(key, checked, fixed(CLASS_DEFAULT, initial)).read();
    } catch {
      // It is told where the field itself is read.
      return undefined;
    }
  }

  private field(branch: ConfigNode, name: string, field: Field, handedDown: InheritedDefault): void {
    if (field instanceof GroupField) {
      const inner = new ConfigNode(branch.keyOf(name), field.settings, new field.settings(), undefined, branch);
      branch.groups.push(this.fill(inner, {}));
      branch.define(name, () => inner.settings);
    } else if (field instanceof ValueField || field instanceof ComputedField) {
      branch.define(name, this.value(branch, name, field, handedDown));
    } else {
      this.choice(branch, name, field, handedDown);
    }
  }

  /** @returns reads the value, once */
  private value(
    branch: ConfigNode,
    name: string,
    field: ValueField | ComputedField,
    handedDown: InheritedDefault,
  ): () => unknown {
    const key = branch.keyOf(name);
    const checked = fieldSchemaOf(field);
    const defaultValue = this.weakest(branch, key, field, handedDown);
    if (!checked) this.values.refuse(key, this.mistakes);
    const sourced = checked ? this.values.resolve(key, checked, defaultValue) : defaultValue;
    const read = branch.reading.memoUntilChange(key, sourced.read);
    if (checked && isMap(checked.shape)) this.maps.push(key);
    // A reference reads the field, which may be changed while the run goes on.
    const readField = () =>
      (Object.hasOwn(branch.settings, name) ? Reflect.get(branch.settings, name) : read()) as unknown;
    this.values.settings.set(key, { ...sourced, read: readField });
    branch.values.push({ key, field, ...sourceOf(sourced), read });
    return read;
  }

  /** What the class or the experiment says of a value. */
  private weakest(
    branch: ConfigNode,
    key: string,
    field: ValueField | ComputedField,
    handedDown: InheritedDefault,
  ): Sourced {
    const checked = fieldSchemaOf(field);
    const compute = handedDown ?? (field instanceof ComputedField ? field.compute : undefined);
    if (!compute)
      return fixed(
        CLASS_DEFAULT,
        checked &&
          validate(
            { ...checked, rules: checked.rules.path === true ? { path: true } : {} },
            (field as ValueField).initial,
          ),
      );
    const location = handedDown && `by ${branch.parent?.option?.name ?? 'what it is in'}, which hands it down`;
    const read = () => (checked ? checkComputed(key, checked, compute()) : compute());
    return { origin: 'computed', location, read, isKnown: () => false };
  }

  private choice(branch: ConfigNode, name: string, field: SlotField | SlotsField, handedDown: InheritedDefault): void {
    const key = branch.keyOf(name);
    const compute = handedDown ?? (typeof field.initial === 'function' ? field.initial : undefined);
    const sourced = this.values.resolve(
      key,
      this.namesFor(field),
      compute ? COMPUTED : fixed(CLASS_DEFAULT, field.initial),
    );
    const { origin, location, isKnown } = sourced;
    const names = this.mistakes.capture(() => namesOf(sourced));
    if (!names) this.values.unresolvable.push(key);
    const chosen = (names ?? []).flatMap((each) => this.chosen(branch, key, field, each, location));
    this.values.settings.set(key, { origin, location, isKnown, read: () => (isMany(field) ? names : names?.[0]) });
    branch.choices.push({ key, field, ...sourceOf(sourced), chosen });
    const make = compute && origin === 'computed' ? () => checkKind(key, field, compute()) : this.maker(field, chosen);
    branch.define(name, branch.reading.memo(key, make));
  }

  private checkedFor(field: Exclude<Field, GroupField>): FieldSchema | undefined {
    return field instanceof ValueField || field instanceof ComputedField ? fieldSchemaOf(field) : this.namesFor(field);
  }

  /** What a choice is checked against: the names of options may be written in any case. */
  private namesFor(field: SlotField | SlotsField): FieldSchema {
    return { ...fieldSchemaOf(field), canonicalName: (name) => this.registry.nameOf(field.kind, name) };
  }

  private maker(field: SlotField | SlotsField, chosen: readonly ConfigNode[]): () => unknown {
    const [first] = chosen;
    if (isMany(field)) return () => chosen.map((one) => this.make(one));
    return () => first && this.make(first);
  }

  /** The branch of a chosen option; none where there is no option of that name. */
  private chosen(
    parent: ConfigNode,
    key: string,
    field: SlotField | SlotsField,
    name: string,
    location?: string,
  ): ConfigNode[] {
    const inner = isMany(field) ? `${key}.${name}` : key;
    const found = this.mistakes.capture(() => {
      if (inner.split('.').length > MAX_DEPTH) throw new UserError(`${inner}: options are within options without end.`);
      return this.find(key, field.kind, name, location);
    });
    if (!found) this.values.unresolvable.push(inner);
    return found ? [this.option(found, inner, isMany(field) ? {} : field.defaults, parent)] : [];
  }

  private find(key: string, kind: Kind, name: string, location: string | undefined): Option {
    try {
      return this.registry.find(kind, name);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const hints = [...error.hints, ...(location === undefined ? [] : [`Set ${location}.`])];
      throw new UserError(`${key}=${truncate(name)}: ${error.message}.`, { hints });
    }
  }

  /** Reports values that cannot be and keys that nothing has. @throws UserError of all that was wrong */
  finish(experiment: string): void {
    this.values.verify(this.mistakes);
    const keys = { known: [...this.values.settings.keys()], maps: this.maps, unknowable: this.values.unresolvable };
    reportUnknown(experiment, this.values.overrides, keys, this.mistakes);
    reportUnknownInPresets(this.values, keys, this.mistakes);
    this.mistakes.throw();
  }
}

/** @throws UserError naming the setting */
function checkComputed(key: string, checked: FieldSchema, found: unknown): unknown {
  try {
    return validate(checked, found);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${key} follows from other settings: ${error.message}.`, { hints: error.hints });
  }
}

const sourceOf = ({ origin, location, preset }: Sourced): Provenance => ({ origin, location, preset });

const isMany = (field: SlotField | SlotsField): field is SlotsField => field instanceof SlotsField;

/** The names that were chosen for a slot or slots. */
function namesOf({ read }: Sourced): readonly string[] {
  const found = read() as string | readonly string[] | undefined;
  return typeof found === 'string' ? [found] : (found ?? []);
}

/** @throws Error where what a function gives for a slot is of another kind */
function checkKind(key: string, field: SlotField | SlotsField, found: unknown): unknown {
  const objects = isMany(field) && Array.isArray(found) ? (found as unknown[]) : [found];
  if (objects.every((each) => each instanceof field.kind)) return found;
  throw new Error(`${key} is to be filled by ${field.kind.name}, and what fills it is none`);
}
