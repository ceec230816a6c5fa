import { isDeepStrictEqual } from 'node:util';
import { ExitCode, UserError } from '../../errors';
import type { ConfigNode, ValueEntry } from './config-node';
import { parseOverrides } from '../parse/override';
import type { LazyCache } from './lazy-cache';

/** Values of settings, by key. */
export type Values = ReadonlyMap<string, unknown>;

/** A setting whose value has changed. */
export interface Change {
  readonly key: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** The settings of a config that are declared `dynamic`: whoever reads one gets the value that it has at that moment. */
export class DynamicSettings {
  private readonly entries = new Map<string, ValueEntry>();
  private readonly assigned = new Map<string, unknown>();
  private readonly reading: LazyCache;

  /**
   * @param root of the config that is read
   * @param configured the same config with further settings, as they are typed on the command line, all checked
   */
  constructor(
    root: ConfigNode,
    private readonly configured: (args: readonly string[]) => ConfigNode,
  ) {
    this.reading = root.reading;
    for (const branch of root.children()) {
      for (const [name, entry] of dynamicEntries(branch)) {
        this.entries.set(entry.key, entry);
        branch.define(name, () => this.valueOf(entry));
      }
    }
  }

  /** Their keys, in order. */
  get keys(): string[] {
    return [...this.entries.keys()].sort();
  }

  /**
   * The values that settings would have.
   * @param args as on the command line: `learningRate=1e-5`
   * @throws UserError where one is wrong, or may not change
   */
  check(args: readonly string[]): Values {
    const root = this.configured(args);
    const wanted = parseOverrides(args).map(({ key }) => key);
    const fixed = wanted.filter((key) => !this.entries.has(key));
    if (fixed.length > 0) throw this.refusal(fixed);
    const entries = [...root.children()].flatMap(({ values }) => values);
    return new Map(entries.filter(({ key }) => wanted.includes(key)).map(({ key, read }) => [key, read()]));
  }

  /** Gives settings their values from now on; those that are not named have the value of the config. @returns what that changes */
  assign(values: Values): Change[] {
    const before = [...this.entries.values()].map((entry) => ({ entry, from: this.valueOf(entry) }));
    this.assigned.clear();
    for (const [key, value] of values) this.assigned.set(key, value);
    this.reading.changed();
    return before.flatMap(({ entry, from }) => {
      const to = this.valueOf(entry);
      return isDeepStrictEqual(from, to) ? [] : [{ key: entry.key, from, to }];
    });
  }

  private valueOf({ key, read }: ValueEntry): unknown {
    return this.assigned.has(key) ? this.assigned.get(key) : read();
  }

  private refusal(fixed: readonly string[]): UserError {
    return new UserError(`${fixed.join(', ')} cannot be changed while a run goes on.`, {
      hints: [`These can: ${this.keys.join(', ')}.`],
      exitCode: ExitCode.usage,
    });
  }
}

/** The values of a branch that are declared dynamic, by the names of their fields. */
function dynamicEntries({ values }: ConfigNode): [name: string, entry: ValueEntry][] {
  const dynamic = values.filter(({ field }) => field.rules.dynamic);
  return dynamic.map((entry) => [entry.key.split('.').at(-1) ?? '', entry]);
}
