import { ExitCode, UserError } from '../errors';
import { Branch, type Origin } from './branch';
import type { SlotField } from './declare';
import {
  type Class,
  type Field,
  type Given,
  GroupField,
  type Kind,
  type Plain,
  SlotsField,
  ValueField,
  fieldsOf,
} from './declare';
import { didYouMean } from './nearest';
import type { Override } from './override';
import { check, parseText } from './parse';
import { applicablePresets } from './presets';
import type { Option, Registry } from './registry';

class NoSettings {}

/**
 * The config of an experiment: its settings class with the presets that apply and the user's overrides, all checked. Nothing is
 * made yet: slots are made by `Resolution` when they are read.
 * @throws UserError listing everything that is wrong, each with the nearest valid name and where it came from
 */
export function configure(registry: Registry, experiment: Option, overrides: readonly Override[], make: Make): Branch {
  const builder = new Builder(registry, overrides, make);
  const root = builder.option(experiment, '', {});
  builder.finish(experiment.name);
  return root;
}

/** Makes the object that a branch stands for. */
export type Make = (branch: Branch) => unknown;

interface Found {
  readonly value: unknown;
  readonly origin: Origin;
}

/** Builds branches and collects what is wrong with them. */
class Builder {
  private readonly overrides: ReadonlyMap<string, Override>;
  private readonly presets = new Map<string, Plain>();
  private readonly known = new Set<string>();
  private readonly unknowable: string[] = [];
  private readonly errors: UserError[] = [];

  constructor(
    private readonly registry: Registry,
    overrides: readonly Override[],
    private readonly make: Make,
  ) {
    this.overrides = new Map(overrides.map((override) => [override.key, override]));
  }

  option(option: Option, key: string, given: Given): Branch {
    return this.branch(option.settings ?? NoSettings, key, option, given);
  }

  private branch(type: Class, key: string, option: Option | undefined, given: Given): Branch {
    const settings = new type();
    const branch = new Branch(key, type, settings, option);
    const fields = fieldsOf(settings);
    for (const [path, preset] of applicablePresets(this.registry, type, fields, key, this.overrides)) {
      if (!this.presets.has(path)) this.presets.set(path, preset);
    }
    for (const [name, field] of fields) this.field(branch, name, field, given[name]);
    return branch;
  }

  private field(branch: Branch, name: string, field: Field, given: (() => unknown) | undefined): void {
    const key = branch.key === '' ? name : `${branch.key}.${name}`;
    if (field instanceof GroupField) {
      this.group(branch, name, key, field);
      return;
    }
    this.known.add(key);
    if (field instanceof ValueField) {
      this.value(branch, name, key, field, given);
      return;
    }
    this.choice(branch, name, key, field);
  }

  private group(branch: Branch, name: string, key: string, field: GroupField): void {
    const inner = this.branch(field.settings, key, undefined, {});
    branch.groups.push(inner);
    branch.define(name, () => inner.settings);
  }

  private value(branch: Branch, name: string, key: string, field: ValueField, given?: () => unknown): void {
    const { value, origin } = this.found(key, field) ?? {
      value: field.initial,
      origin: given ? 'inherited' : 'default',
    };
    const read = origin === 'inherited' && given ? () => check(field, given()) : () => value as Plain;
    branch.values.push({ key, origin, read });
    branch.define(name, read);
  }

  /** What the user or a preset says of a value, or nothing where neither does. */
  private found(key: string, field: ValueField): Found | undefined {
    const override = this.overrides.get(key);
    const preset = this.presets.get(key);
    try {
      if (override) return { value: parseText(field, override.text), origin: 'set' };
      if (this.presets.has(key)) return { value: check(field, preset), origin: 'preset' };
    } catch (error) {
      this.report(`${key}=${override?.text ?? String(preset)}`, error, override);
    }
    return undefined;
  }

  private choice(branch: Branch, name: string, key: string, field: SlotField | SlotsField): void {
    const many = field instanceof SlotsField;
    const override = this.overrides.get(key);
    const value = override?.text ?? this.presets.get(key) ?? field.initial;
    const names = many ? namesOf(value) : [value as string];
    const chosen = names.flatMap((named) => {
      const option = this.find(key, field.kind, named, override);
      return option ? [this.option(option, many ? `${key}.${named}` : key, many ? {} : field.given)] : [];
    });
    const origin = override ? 'set' : this.presets.has(key) ? 'preset' : 'default';
    branch.choices.push({ key, origin, many, chosen });
    branch.define(name, () => (many ? chosen.map((one) => this.make(one)) : chosen[0] && this.make(chosen[0])));
  }

  private find(key: string, kind: Kind, name: string, override: Override | undefined): Option | undefined {
    try {
      return this.registry.find(kind, name);
    } catch (error) {
      this.unknowable.push(`${key}.`);
      this.report(`${key}=${name}`, error, override);
      return undefined;
    }
  }

  private report(what: string, error: unknown, override: Override | undefined): void {
    if (!(error instanceof UserError)) throw error;
    const source = override ? [override.source] : [];
    this.errors.push(new UserError(`${what}: ${error.message}.`, { hints: [...error.hints, ...source] }));
  }

  /** Reports keys that nothing has, then throws all that was reported. */
  finish(experiment: string): void {
    for (const { key, text, source } of this.overrides.values()) {
      if (this.known.has(key) || this.unknowable.some((prefix) => key.startsWith(prefix))) continue;
      const hint = didYouMean(key, [...this.known], 'Settings');
      this.errors.push(
        new UserError(`${key}=${text}: ${experiment} has no setting of that name.`, { hints: [hint, source] }),
      );
    }
    for (const key of this.presets.keys()) this.checkPresetKey(key);
    const [first, ...others] = this.errors;
    if (!first) return;
    const hints = others.length === 0 ? first.hints : [...first.hints, ...others.map((error) => `\n${error.text}`)];
    throw new UserError(first.message, { hints, exitCode: ExitCode.usage });
  }

  /** A preset may speak of the option it was made for; that the user chose another one is no mistake. */
  private checkPresetKey(key: string): void {
    const chosenByUser = [...this.overrides.keys()].some((set) => key.startsWith(`${set}.`));
    if (this.known.has(key) || chosenByUser) return;
    this.errors.push(new UserError(`${key}: a preset sets this, but there is no setting of that name.`));
  }
}

function namesOf(value: Plain): string[] {
  if (typeof value === 'string')
    return value
      .replace(/^\[|\]$/g, '')
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean);
  return (value as readonly string[]).slice();
}
