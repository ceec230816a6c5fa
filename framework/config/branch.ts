import type { Class, Plain } from './declare';
import type { Option } from './registry';

/** Where a value came from, weakest first: the class, the experiment that hands it down, a preset, the user. */
export type Origin = 'default' | 'inherited' | 'preset' | 'set';

/** A value of the config with its place and origin. */
export interface ValueEntry {
  readonly key: string;
  readonly origin: Origin;
  readonly read: () => Plain;
}

/** A slot's or slots' choice, with the settings of what was chosen. */
export interface ChoiceEntry {
  readonly key: string;
  readonly origin: Origin;
  readonly many: boolean;
  readonly chosen: readonly Branch[];
}

/** One settings object of a config: an option's, a group's or the experiment's. */
export class Branch {
  readonly values: ValueEntry[] = [];
  readonly choices: ChoiceEntry[] = [];
  readonly groups: Branch[] = [];

  /**
   * @param key '' for the experiment's own
   * @param settings an instance of its settings class, whose declared fields are replaced by what they resolve to
   * @param option what these settings belong to, where that is an option
   */
  constructor(
    readonly key: string,
    readonly type: Class,
    readonly settings: object,
    readonly option: Option | undefined,
  ) {}

  /** Makes a field of the settings object read what it resolves to. */
  define(name: string, read: () => unknown): void {
    Object.defineProperty(this.settings, name, { enumerable: true, configurable: true, get: read });
  }

  /** This branch and every one below it. */
  *branches(): Generator<Branch> {
    yield this;
    for (const group of this.groups) yield* group.branches();
    for (const { chosen } of this.choices) for (const branch of chosen) yield* branch.branches();
  }

  /** Every value and choice below, in the order of the classes. */
  *entries(): Generator<{ key: string; value: Plain; origin: Origin }> {
    for (const { key, origin, read } of this.values) yield { key, origin, value: read() };
    for (const group of this.groups) yield* group.entries();
    for (const { key, origin, many, chosen } of this.choices) {
      const names = chosen.map((branch) => branch.option?.name ?? '');
      yield { key, origin, value: many ? names : names[0] };
      for (const branch of chosen) yield* branch.entries();
    }
  }
}
