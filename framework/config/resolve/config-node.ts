import { type Class, type ComputedField, type SlotField, SlotsField, type ValueField } from '../declare/declare';
import type { Origin } from '../parse/override';
import { LazyCache } from './lazy-cache';
import type { NamedPreset, Option } from './registry';

/** Origin of a value. */
export interface Provenance {
  readonly origin: Origin;
  /** Readable location: "on the command line (setting 1 of 3)", "in base.yaml, line 3"; undefined for the default of a class. */
  readonly location: string | undefined;
  /** The preset that set the value. */
  readonly preset?: NamedPreset | undefined;
}

/** A value of the config. */
export interface ValueEntry extends Provenance {
  readonly key: string;
  readonly field: ValueField | ComputedField;
  /** Returns the resolved value. @throws UserError if it cannot be computed */
  readonly read: () => unknown;
}

/** The options chosen for a slot, with their settings. */
export interface ChoiceEntry extends Provenance {
  readonly key: string;
  readonly field: SlotField | SlotsField;
  readonly chosen: readonly ConfigNode[];
}

/** A setting with its resolved value. */
export interface Entry extends Provenance {
  readonly key: string;
  readonly field: ValueField | ComputedField | SlotField | SlotsField;
  readonly value: unknown;
}

/** One settings object of a config: of an option, a group or the experiment. */
export class ConfigNode {
  readonly values: ValueEntry[] = [];
  readonly choices: ChoiceEntry[] = [];
  readonly groups: ConfigNode[] = [];

  /**
   * @param key '' for the experiment
   * @param settings an instance of the settings class, whose declared fields are replaced by their resolved values
   * @param option the option that these settings belong to; undefined for a group
   * @param parent the node with the slot or group
   * @param cache caches the values of the whole config
   */
  constructor(
    readonly key: string,
    readonly type: Class,
    readonly settings: object,
    readonly option: Option | undefined,
    readonly parent: ConfigNode | undefined,
    readonly cache: LazyCache = parent?.cache ?? new LazyCache(),
  ) {}

  /** The key of a field of this node. */
  keyOf(name: string): string {
    return this.key === '' ? name : `${this.key}.${name}`;
  }

  /** Defines a field of the settings object as read-only, with a getter of its resolved value. */
  define(name: string, read: () => unknown): void {
    const key = this.keyOf(name);
    const reject = () => {
      throw new Error(
        `${key} cannot be assigned: settings are read-only. ` +
          `Set it with ${key}=..., in a preset, or declare it as computed(() => ...).`,
      );
    };
    Object.defineProperty(this.settings, name, { enumerable: true, configurable: true, get: read, set: reject });
  }

  /** This node and its groups, to any depth. */
  get subtree(): ConfigNode[] {
    return [this, ...this.groups.flatMap((group) => group.subtree)];
  }

  /** This node and all its descendants. */
  *children(): Generator<ConfigNode> {
    yield this;
    for (const group of this.groups) yield* group.children();
    for (const { chosen } of this.choices) for (const node of chosen) yield* node.children();
  }

  /** All values and choices of this subtree, in declaration order; the value of a choice is the name or names of its options. */
  *entries(): Generator<Entry> {
    for (const { read, ...entry } of this.values) yield { ...entry, value: read() };
    for (const group of this.groups) yield* group.entries();
    for (const { chosen, ...entry } of this.choices) {
      const names = chosen.map((node) => node.option?.name ?? '');
      yield { ...entry, value: entry.field instanceof SlotsField ? names : names[0] };
      for (const node of chosen) yield* node.entries();
    }
  }
}
