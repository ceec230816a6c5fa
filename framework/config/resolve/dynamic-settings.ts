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

/** The settings of a config that are declared `dynamic`; reading one returns its current value. */
export class DynamicSettings {
  private readonly entries = new Map<string, ValueEntry>();
  private readonly assigned = new Map<string, unknown>();
  private readonly cache: LazyCache;

  /**
   * @param root of the config
   * @param configureWith builds and validates the same config with further command-line settings
   */
  constructor(
    root: ConfigNode,
    private readonly configureWith: (args: readonly string[]) => ConfigNode,
  ) {
    this.cache = root.cache;
    for (const node of root.children()) {
      for (const [name, entry] of dynamicEntries(node)) {
        this.entries.set(entry.key, entry);
        node.define(name, () => this.valueOf(entry));
      }
    }
  }

  /** Their keys, sorted. */
  get keys(): string[] {
    return [...this.entries.keys()].sort();
  }

  /**
   * Validates new values without assigning them.
   * @param args as on the command line: `learningRate=1e-5`
   * @throws UserError for an invalid value, or a setting that is not dynamic
   */
  check(args: readonly string[]): Values {
    const root = this.configureWith(args);
    const keys = parseOverrides(args).map(({ key }) => key);
    const notDynamic = keys.filter((key) => !this.entries.has(key));
    if (notDynamic.length > 0) throw this.notDynamicError(notDynamic);
    const entries = [...root.children()].flatMap(({ values }) => values);
    return new Map(entries.filter(({ key }) => keys.includes(key)).map(({ key, read }) => [key, read()]));
  }

  /** Assigns values; settings that are not included return to their configured value. @returns the settings that changed */
  assign(values: Values): Change[] {
    const before = [...this.entries.values()].map((entry) => ({ entry, from: this.valueOf(entry) }));
    this.assigned.clear();
    for (const [key, value] of values) this.assigned.set(key, value);
    this.cache.invalidate();
    return before.flatMap(({ entry, from }) => {
      const to = this.valueOf(entry);
      return isDeepStrictEqual(from, to) ? [] : [{ key: entry.key, from, to }];
    });
  }

  private valueOf({ key, read }: ValueEntry): unknown {
    return this.assigned.has(key) ? this.assigned.get(key) : read();
  }

  private notDynamicError(notDynamic: readonly string[]): UserError {
    return new UserError(`${notDynamic.join(', ')} cannot be changed during a run.`, {
      hints: [`Dynamic settings: ${this.keys.join(', ')}.`],
      exitCode: ExitCode.usage,
    });
  }
}

/** The dynamic values of a node, by field name. */
function dynamicEntries({ values }: ConfigNode): [name: string, entry: ValueEntry][] {
  const dynamic = values.filter(({ field }) => field.rules.dynamic);
  return dynamic.map((entry) => [entry.key.split('.').at(-1) ?? '', entry]);
}
