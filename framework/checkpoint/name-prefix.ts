import type { NamedArray } from './safetensors';

/** Prefixes that PyTorch's wrappers add to the names of a module's weights. */
const WRAPPERS = { 'module.': 'DataParallel', '_orig_mod.': 'torch.compile' } as const;

/** Weights after the prefix of wrappers was removed, and that prefix; it is empty if there was none. */
export interface Unwrapped {
  readonly arrays: readonly NamedArray[];
  readonly prefix: string;
  /** The wrappers, outermost first. */
  readonly wrappers: readonly string[];
}

/**
 * Removes the prefixes of PyTorch's wrappers from the names of a file.
 * @param names of the expected weights; if the file has any of them, nothing is removed
 */
export function unwrapped(arrays: readonly NamedArray[], names: readonly string[]): Unwrapped {
  const hasExpected = arrays.some(({ name }) => names.includes(name));
  const found = Object.entries(WRAPPERS).find(
    ([each]) => arrays.length > 0 && arrays.every(({ name }) => name.startsWith(each)),
  );
  if (hasExpected || !found) return { arrays, prefix: '', wrappers: [] };
  const [own, wrapper] = found;
  const inner = unwrapped(withoutPrefix(arrays, own), names);
  return { ...inner, prefix: own + inner.prefix, wrappers: [wrapper, ...inner.wrappers] };
}

/** The prefix whose removal makes the names in a file match the expected ones; undefined if no prefix does. */
export function differingPrefix(found: readonly string[], expected: readonly string[]): string | undefined {
  const [first = ''] = found;
  const sorted = expected.toSorted().join('\n');
  const prefixes = expected.flatMap((name) =>
    first.endsWith(name) ? [first.slice(0, first.length - name.length)] : [],
  );
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
