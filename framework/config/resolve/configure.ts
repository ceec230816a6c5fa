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
import { type DefaultValues, type SourcedValue, Resolver, constantValue } from './resolver';

class NoSettings {}

/** Limit on nested options, to stop at an option that has itself as default. */
const MAX_DEPTH = 24;

/** Creates the object of a node. */
export type Make = (node: ConfigNode) => unknown;

/** Returns a default that an experiment passes to an option. */
type InheritedDefault = (() => unknown) | undefined;

const CLASS_DEFAULT = { origin: 'default', location: undefined } as const;

/** The default of a slot that is filled by a function, which has no option name. */
const COMPUTED: SourcedValue = { origin: 'computed', location: undefined, read: () => undefined, isKnown: () => false };

/**
 * Builds and validates the config of an experiment from its settings class, the presets that apply and the user's overrides. Creates
 * no option: `Resolution` creates the objects of slots when they are read.
 * @throws UserError listing all mistakes, each with the nearest valid name and its location
 */
export function configure(
  registry: Registry,
  experiment: Option,
  overrides: readonly Override[],
  make: Make,
): ConfigNode {
  const builder = new Builder(registry, new Resolver(overrides), make);
  const root = builder.option(experiment, '', {}, undefined);
  builder.verify(root);
  return root;
}

/** Builds the nodes of a config and collects the mistakes in them. */
class Builder {
  private readonly maps: string[] = [];
  private readonly errors = new ErrorCollector();

  constructor(
    private readonly registry: Registry,
    private readonly values: Resolver,
    private readonly make: Make,
  ) {}

  option(option: Option, key: string, defaults: Defaults, parent: ConfigNode | undefined): ConfigNode {
    const type = option.settings ?? NoSettings;
    return this.fill(new ConfigNode(key, type, new type(), option, parent), defaults);
  }

  private fill(node: ConfigNode, defaults: Defaults): ConfigNode {
    const fields = fieldsOf(node.settings);
    this.applyPresets(node, new Map(fields));
    for (const [name, field] of fields) {
      this.field(node, name, field, Object.hasOwn(defaults, name) ? defaults[name] : undefined);
    }
    Object.preventExtensions(node.settings);
    return node;
  }

  /** Applies the presets of a node's class; those of an outer node take precedence. */
  private applyPresets(node: ConfigNode, fields: ReadonlyMap<string, Field>): void {
    const presets = this.registry.presetsOf(node.type);
    const field = presetField(presets);
    if (field && fields.has(PRESET))
      throw new Error(`${node.type.name}.${PRESET}: this name is reserved for selecting presets`);
    const chosen = field && this.errors.capture(this.value(node, PRESET, field, undefined));
    const current = (name: string, byPreset: unknown) => this.current(node.keyOf(name), fields.get(name), byPreset);
    for (const [name, preset] of presetValues(presets, (chosen ?? []) as string[], current)) {
      const key = node.keyOf(name);
      if (!this.values.presets.has(key)) this.values.presets.set(key, preset);
    }
  }

  /** The value of a field while presets are selected; undefined if not known yet. */
  private current(key: string, field: Field | undefined, byPreset: unknown): unknown {
    const schema = field && !(field instanceof GroupField) ? this.schemaFor(field) : undefined;
    if (!field || !schema) return undefined;
    const initial = byPreset ?? ('initial' in field ? field.initial : undefined);
    try {
      return this.values.resolve(key, schema, { initial: () => constantValue(CLASS_DEFAULT, initial) }).read();
    } catch {
      // Reported when the field itself is read.
      return undefined;
    }
  }

  private field(node: ConfigNode, name: string, field: Field, inherited: InheritedDefault): void {
    if (field instanceof GroupField) {
      const inner = new ConfigNode(node.keyOf(name), field.settings, new field.settings(), undefined, node);
      node.groups.push(this.fill(inner, {}));
      node.define(name, () => inner.settings);
    } else if (field instanceof ValueField || field instanceof ComputedField) {
      node.define(name, this.value(node, name, field, inherited));
    } else {
      this.choice(node, name, field, inherited);
    }
  }

  /** Adds a value to the node. @returns a cached getter */
  private value(
    node: ConfigNode,
    name: string,
    field: ValueField | ComputedField,
    inherited: InheritedDefault,
  ): () => unknown {
    const key = node.keyOf(name);
    const schema = fieldSchemaOf(field);
    const defaults = this.defaultsOf(node, key, field, inherited);
    if (!schema) this.values.rejectOverrides(key, this.errors);
    const sourced = schema
      ? this.values.resolve(key, schema, defaults)
      : (defaults.inherited ?? defaults.computed ?? defaults.initial());
    const read = node.cache.memoUntilChange(key, sourced.read);
    if (schema && isMap(schema.shape)) this.maps.push(key);
    // A reference reads the field, whose value can change during the run.
    const readField = () => (Object.hasOwn(node.settings, name) ? Reflect.get(node.settings, name) : read()) as unknown;
    this.values.settings.set(key, { ...sourced, read: readField });
    node.values.push({ key, field, ...sourceOf(sourced), read });
    return read;
  }

  /** The values of a field that neither the user nor a preset sets. */
  private defaultsOf(
    node: ConfigNode,
    key: string,
    field: ValueField | ComputedField,
    inherited: InheritedDefault,
  ): DefaultValues {
    const schema = fieldSchemaOf(field);
    const computedBy = (compute: (() => unknown) | undefined, location?: string): SourcedValue | undefined => {
      const read = () => (schema ? checkComputed(key, schema, compute?.()) : compute?.());
      return compute && { origin: 'computed', location, read, isKnown: () => false };
    };
    return {
      inherited: computedBy(inherited, `passed down by ${node.parent?.option?.name ?? 'its parent'}`),
      computed: computedBy(field instanceof ComputedField ? field.compute : undefined),
      initial: () => constantValue(CLASS_DEFAULT, field instanceof ValueField ? classDefault(field) : undefined),
    };
  }

  private choice(node: ConfigNode, name: string, field: SlotField | SlotsField, inherited: InheritedDefault): void {
    const key = node.keyOf(name);
    const compute = inherited ?? (typeof field.initial === 'function' ? field.initial : undefined);
    const sourced = this.values.resolve(key, this.choiceSchema(field), {
      computed: compute && COMPUTED,
      initial: () => constantValue(CLASS_DEFAULT, field.initial),
    });
    const { origin, location, isKnown } = sourced;
    const names = this.errors.capture(() => namesOf(sourced));
    if (!names) this.values.unresolvable.push(key);
    const chosen = (names ?? []).flatMap((each) => this.chosen(node, key, field, each, location));
    this.values.settings.set(key, { origin, location, isKnown, read: () => (isMany(field) ? names : names?.[0]) });
    node.choices.push({ key, field, ...sourceOf(sourced), chosen });
    const make =
      compute && origin === 'computed' ? () => checkKind(key, field, compute()) : this.factoryOf(field, chosen);
    node.define(name, node.cache.memo(key, make));
  }

  private schemaFor(field: Exclude<Field, GroupField>): FieldSchema | undefined {
    return field instanceof ValueField || field instanceof ComputedField
      ? fieldSchemaOf(field)
      : this.choiceSchema(field);
  }

  /** The schema of a choice: names of options, in any case. */
  private choiceSchema(field: SlotField | SlotsField): FieldSchema {
    return { ...fieldSchemaOf(field), canonicalName: (name) => this.registry.nameOf(field.kind, name) };
  }

  private factoryOf(field: SlotField | SlotsField, chosen: readonly ConfigNode[]): () => unknown {
    const [first] = chosen;
    if (isMany(field)) return () => chosen.map((one) => this.make(one));
    return () => first && this.make(first);
  }

  /** Builds the node of a chosen option; empty, with the mistake recorded, if there is no such option. */
  private chosen(
    parent: ConfigNode,
    key: string,
    field: SlotField | SlotsField,
    name: string,
    location?: string,
  ): ConfigNode[] {
    const inner = isMany(field) ? `${key}.${name}` : key;
    const found = this.errors.capture(() => {
      if (inner.split('.').length > MAX_DEPTH)
        throw new UserError(`${inner}: options are nested too deeply; does an option have itself as default?`);
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

  /** Reports invalid values and unknown keys. @throws UserError listing all mistakes */
  verify(root: ConfigNode): void {
    this.values.verify(this.errors);
    const keys = { known: [...this.values.settings.keys()], maps: this.maps, unknowable: this.values.unresolvable };
    reportUnknown(root, this.values.overrides, keys, this.errors);
    reportUnknownInPresets(root, this.values, keys, this.errors);
    this.errors.throw();
  }
}

/** The default of a field's class, which its own limits do not apply to. */
function classDefault(field: ValueField): unknown {
  const schema = fieldSchemaOf(field);
  return validate({ ...schema, rules: schema.rules.path === true ? { path: true } : {} }, field.initial);
}

/** @throws UserError naming the setting */
function checkComputed(key: string, schema: FieldSchema, found: unknown): unknown {
  try {
    return validate(schema, found);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${key} is computed from other settings: ${error.message}.`, { hints: error.hints });
  }
}

const sourceOf = ({ origin, location, preset }: SourcedValue): Provenance => ({ origin, location, preset });

const isMany = (field: SlotField | SlotsField): field is SlotsField => field instanceof SlotsField;

/** The names of the options chosen for a slot or slots. */
function namesOf({ read }: SourcedValue): readonly string[] {
  const found = read() as string | readonly string[] | undefined;
  return typeof found === 'string' ? [found] : (found ?? []);
}

/** @throws Error if the object that a function returned for a slot is not of the slot's kind */
function checkKind(key: string, field: SlotField | SlotsField, found: unknown): unknown {
  const objects = isMany(field) && Array.isArray(found) ? (found as unknown[]) : [found];
  if (objects.every((each) => each instanceof field.kind)) return found;
  throw new Error(`${key}: expected an instance of ${field.kind.name}`);
}
