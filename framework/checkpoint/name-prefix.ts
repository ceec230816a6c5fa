import type { NamedArray } from './safetensors';

/** What wrappers of PyTorch put before the name of each weight of the module that they wrap. */
const WRAPPERS = { 'module.': 'DataParallel', '_orig_mod.': 'torch.compile' } as const;

/** Weights after the prefix of wrappers was removed, and that prefix; it is empty if there was none. */
export interface Unwrapped {
  readonly arrays: readonly NamedArray[];
  readonly prefix: string;
  /** The wrappers, outermost first. */
  readonly wrappers: readonly string[];
}

/**
 * Takes off what wrappers of PyTorch put before every name of a file.
 * @param names of the weights that are wanted; where one of them is in the file, nothing is taken off
 */
export function unwrapped(arrays: readonly NamedArray[], names: readonly string[]): Unwrapped {
  const isWanted = arrays.some(({ name }) => names.includes(name));
  const found = Object.entries(WRAPPERS).find(
    ([each]) => arrays.length > 0 && arrays.every(({ name }) => name.startsWith(each)),
  );
  if (isWanted || !found) return { arrays, prefix: '', wrappers: [] };
  const [own, wrapper] = found;
  const inner = unwrapped(withoutPrefix(arrays, own), names);
  return { ...inner, prefix: own + inner.prefix, wrappers: [wrapper, ...inner.wrappers] };
}

/** The prefix whose removal makes the names in a file match the expected ones; undefined if no prefix does. */
export function differingPrefix(found: readonly string[], wanted: readonly string[]): string | undefined {
  const [first = ''] = found;
  const sorted = wanted.toSorted().join('\n');
  const prefixes = wanted.flatMap((name) => (first.endsWith(name) ? [first.slice(0, first.length - name.length)] : []));
  return prefixes.find(
    (prefix) =>
      prefix !== '' &&
      found.every((name) => name.startsWith(prefix)) &&
      found
        .map((name) => name.slice(prefix.length))
        .toSorted()
        .join('\n') === sorted,
  );
}

/** @param prefix that every name begins with */
export function withoutPrefix<T extends Pick<NamedArray, 'name'>>(arrays: readonly T[], prefix: string): T[] {
  return arrays.map((array) => ({ ...array, name: array.name.slice(prefix.length) }));
}
