import type { Argv } from 'yargs';

/** Methods of yargs that are missing in its types. */
interface Introspection {
  /** Includes the options that take several values. */
  getOptions(): { readonly array: readonly string[] };
  /** Names of positional arguments. */
  getGroups(): Readonly<Record<string, readonly string[]>>;
}

/**
 * Keeps the last value of a repeated option that takes a single value; yargs collects them in a list.
 * @param args the parsed arguments
 * @param parser of the command
 */
export function keepLastValues(args: object, parser: Argv | undefined): Record<string, unknown> {
  const lists = listsOf(parser);
  const last = (value: unknown): unknown => (Array.isArray(value) ? value.at(-1) : value);
  const kept = Object.entries(args).map(([name, value]) => [name, lists.includes(name) ? value : last(value)] as const);
  return Object.fromEntries(kept);
}

/** Names of the arguments that take several values. */
function listsOf(parser: Argv | undefined): string[] {
  const introspection = parser as unknown as Introspection;
  return ['_', ...introspection.getOptions().array, ...Object.values(introspection.getGroups()).flat()];
}
