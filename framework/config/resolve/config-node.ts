import { type Class, type ComputedField, type SlotField, SlotsField, type ValueField } from '../declare/declare';
import type { Origin } from '../parse/override';
import { LazyCache } from './lazy-cache';
import type { NamedPreset, Option } from './registry';

/** Where a value came from: how, and the place in words, where there is one beside the class. */
export interface Provenance {
  readonly origin: Origin;
  /** "on the command line, 1st of 3 settings", "in base.yaml, line 3", "by the preset digits in experiments/diffuse/index.ts". */
  readonly location: string | undefined;
  /** The preset that gave it. */
  readonly preset?: NamedPreset | undefined;
}

/** A value of the config. */
export interface ValueEntry extends Provenance {
  readonly key: string;
  readonly field: ValueField | ComputedField;
  /** What it resolves to. @throws UserError where it is computed and cannot be */
  readonly read: () => unknown;
}

/** A slot's or slots' choice, with the settings of what was chosen. */
export interface ChoiceEntry extends Provenance {
  readonly key: string;
  readonly field: SlotField | SlotsField;
  readonly chosen: readonly ConfigNode[];
}

/** A setting with what it resolves to. */
export interface Entry extends Provenance {
  readonly key: string;
  readonly field: ValueField | ComputedField | SlotField | SlotsField;
  readonly value: unknown;
}

/** One settings object of a config: an option's, a group's or the experiment's. */
export class ConfigNode {
  readonly values: ValueEntry[] = [];
  readonly choices: ChoiceEntry[] = [];
  readonly groups: ConfigNode[] = [];

  /**
   * @param key '' for the experiment's own
   * @param settings an instance of its settings class, whose declared fields are replaced by what they resolve to
   * @param option what these settings belong to, where that is an option
   * @param parent the branch that it is a slot or a group of
   * @param reading reads the values of the whole config
   */
  constructor(
    readonly key: string,
    readonly type: Class,
    readonly settings: object,
    readonly option: Option | undefined,
    readonly parent: ConfigNode | undefined,
    readonly reading: LazyCache = parent?.reading ?? new LazyCache(),
  ) {}

  /** The key of a field of this branch. */
  keyOf(name: string): string {
    return this.key === '' ? name : `${this.key}.${name}`;
  }

  /** Makes a field of the settings object read what it resolves to, and refuse to be set. */
  define(name: string, read: () => unknown): void {
    const key = this.keyOf(name);
    const refuse = () => {
      throw new Error(
        `${key} cannot be assigned: settings are read-only. ` +
          `Set it by ${key}=..., by a preset, or declare it as computed(() => ...).`,
      );
    };
    Object.defineProperty(this.settings, name, { enumerable: true, configurable: true, get: read, set: refuse });
  }

  /** This branch and its groups, to any depth. */
  get subtree(): ConfigNode[] {
    return [this, ...this.groups.flatMap((group) => group.subtree)];
  }

  /** This branch and every one below it. */
  *children(): Generator<ConfigNode> {
    yield this;
    for (const group of this.groups) yield* group.children();
    for (const { chosen } of this.choices) for (const branch of chosen) yield* branch.children();
  }

  /** Every value and choice below, in the order of the classes; a choice by the name or names of what was chosen. */
  *entries(): Generator<Entry> {
    for (const { read, ...entry } of this.values) yield { ...entry, value: read() };
    for (const group of this.groups) yield* group.entries();
    for (const { chosen, ...entry } of this.choices) {
      const names = chosen.map((branch) => branch.option?.name ?? '');
      yield { ...entry, value: entry.field instanceof SlotsField ? names : names[0] };
      for (const branch of chosen) yield* branch.entries();
    }
  }
}
