import { OPTION } from '../parse/config-file';
import {
  type Class,
  ComputedField,
  type Field,
  GroupField,
  type Kind,
  type Rules,
  SlotField,
  SlotsField,
  fieldsOf,
} from '../declare/declare';
import type { Docs } from './docs';
import { presetField } from '../declare/presets';
import type { Option, Registry } from '../resolve/registry';
import { type Scalar, type Shape, isList, isMap, isRecord } from '../declare/shape';

/** JSON Schema, draft 7. */
export type Schema = Readonly<Record<string, unknown>>;

/** Schema of a reference, `${other.key}`, which is allowed for any value. */
const REFERENCE: Schema = { type: 'string', pattern: '\\$\\{[^{}]+\\}' };

/**
 * The JSON Schema of an experiment's config files, with which editors complete and check them. Keys with dots or signs are allowed
 * unchecked: `exp` checks them.
 */
export function schemaOf(experiment: Option, registry: Registry, docs: Docs): Schema {
  const writer = new SchemaWriter(registry, docs);
  const root = writer.settings(experiment, experiment.settings);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: `Settings of ${experiment.name}`,
    ...root,
    properties: { $schema: { type: 'string' }, ...(root['properties'] as object) },
    definitions: { reference: REFERENCE, ...writer.definitions },
  };
}

class SchemaWriter {
  /** Schemas of options, by kind and name: shared because an option may have slots of its own kind. */
  readonly definitions: Record<string, Schema> = {};

  constructor(
    private readonly registry: Registry,
    private readonly docs: Docs,
  ) {}

  settings({ file, type }: Pick<Option, 'file' | 'type'>, settings: Class | undefined): Schema {
    const properties = settings ? this.properties(settings, file) : {};
    return {
      type: 'object',
      description: this.docs.ofClass(type, file).summary,
      properties,
      patternProperties: { '^[+~]|\\.': {} },
      additionalProperties: false,
    };
  }

  private properties(type: Class, file: string): Record<string, Schema> {
    const fields = fieldsOf(new type()).filter(([, field]) => !(field instanceof ComputedField) || field.shape);
    const presets = presetField(this.registry.presetsOf(type));
    const described = fields.map(([name, field]) => {
      const { summary } = this.docs.ofField(type, name, file);
      return [name, { ...this.field(field, file), description: summary }];
    });
    return {
      ...(presets && { preset: { anyOf: [listOrOne({ enum: presets.rules.choices }), { type: 'null' }] } }),
      ...(Object.fromEntries(described) as Record<string, Schema>),
    };
  }

  private field(field: Field, file: string): Schema {
    if (field instanceof GroupField) return this.settings({ file, type: field.settings }, field.settings);
    if (field instanceof SlotField) return this.slot(field);
    if (field instanceof SlotsField) return this.slots(field);
    const { shape, rules } = field;
    const optional = 'optional' in field && field.optional ? [{ type: 'null' }] : [];
    const initial = 'initial' in field && field.initial !== undefined ? { default: field.initial } : {};
    return {
      anyOf: [shape ? shapeSchema(shape, rules) : {}, { $ref: '#/definitions/reference' }, ...optional],
      ...initial,
    };
  }

  /** An option's name, or an object with the name and the option's settings. */
  private slot({ kind, initial }: SlotField): Schema {
    const options = this.registry.optionsOf(kind);
    const names = { enum: options.map(({ name }) => name) };
    const optional = initial === undefined ? [{ type: 'null' }] : [];
    const objects = options.map((option) => this.reference(kind, option));
    const initially = typeof initial === 'string' ? { default: initial } : {};
    return { anyOf: [names, { $ref: '#/definitions/reference' }, ...optional, ...objects], ...initially };
  }

  private slots({ kind, initial }: SlotsField): Schema {
    const options = this.registry.optionsOf(kind);
    const names = listOrOne({ enum: options.map(({ name }) => name) });
    const settings = options.map((option) => [option.name, this.settings(option, option.settings)]);
    const properties = { [OPTION]: names, ...(Object.fromEntries(settings) as Record<string, Schema>) };
    return { anyOf: [names, { type: 'object', properties, additionalProperties: false }], default: initial };
  }

  private reference(kind: Kind, option: Option): Schema {
    const name = `${kind.name}.${option.name}`;
    if (!(name in this.definitions)) {
      // Reserves the name first, because the settings may contain the same option.
      this.definitions[name] = {};
      const settings = this.settings(option, option.settings);
      const properties = { [OPTION]: { const: option.name }, ...(settings['properties'] as object) };
      this.definitions[name] = { ...settings, properties };
    }
    return { $ref: `#/definitions/${encodeURIComponent(name)}` };
  }
}

const listOrOne = (item: Schema): Schema => ({ anyOf: [item, { type: 'array', items: item, uniqueItems: true }] });

function shapeSchema(shape: Shape, rules: Rules): Schema {
  if (isList(shape)) return { type: 'array', items: shapeSchema(shape[0], rules), ...itemLimit('minItems', rules) };
  if (isMap(shape)) {
    return {
      type: 'object',
      additionalProperties: shapeSchema(shape.each, rules),
      ...itemLimit('minProperties', rules),
    };
  }
  if (isRecord(shape)) {
    const fields = Object.entries(shape.fields).map(([name, field]) => [name, shapeSchema(field, rules)]);
    return { type: 'object', properties: Object.fromEntries(fields) as object, additionalProperties: false };
  }
  const { choices, min, max, above, below, integer } = rules;
  // YAML parses some strings as booleans, as in `compile: false`.
  if (choices) return { enum: [...choices, ...choices.filter(isBoolean).map((choice) => choice === 'true')] };
  return {
    type: shape === 'number' && integer ? 'integer' : shape,
    ...(shape === 'number' && min !== undefined && { minimum: min }),
    ...(shape === 'number' && max !== undefined && { maximum: max }),
    ...(shape === 'number' && above !== undefined && { exclusiveMinimum: above }),
    ...(shape === 'number' && below !== undefined && { exclusiveMaximum: below }),
  };
}

const isBoolean = (choice: Scalar) => choice === 'true' || choice === 'false';

const itemLimit = (keyword: string, { minItems }: Rules): Schema =>
  minItems === undefined ? {} : { [keyword]: minItems };
