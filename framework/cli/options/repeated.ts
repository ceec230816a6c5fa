import type { Argv } from 'yargs';

/** Methods of yargs that its types leave out. */
interface Introspection {
  /** Among others the options that take several values. */
  getOptions(): { readonly array: readonly string[] };
  /** The names of positional words. */
  getGroups(): Readonly<Record<string, readonly string[]>>;
}

/**
 * Keeps the last value of an option that takes one and was given several times; yargs makes a list of them.
 * @param args what was parsed
 * @param parser of the command that was given
 */
export function lastOfRepeated(args: object, parser: Argv | undefined): Record<string, unknown> {
  const lists = listsOf(parser);
  const last = (value: unknown): unknown => (Array.isArray(value) ? value.at(-1) : value);
  const kept = Object.entries(args).map(([name, value]) => [name, lists.includes(name) ? value : last(value)] as const);
  return Object.fromEntries(kept);
}

/** The names of what takes several values. */
function listsOf(parser: Argv | undefined): string[] {
  const introspection = parser as unknown as Introspection;
  return ['_', ...introspection.getOptions().array, ...Object.values(introspection.getGroups()).flat()];
}
