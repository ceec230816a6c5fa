/** Ends an option that takes several words. Hidden: it stands for `--` in the words that yargs parses. */
export const END_OF_OPTIONS = 'end-of-options';

/** No word of a command line contains it. */
const MARK = '\0';

/**
 * Words that yargs parses as git would: those after `--` are positional, even if they begin with a dash. yargs itself leaves them out of
 * a command's positional words.
 * @returns words for yargs; `unprotected` takes the protection from what becomes of them
 */
export function protectedWords(args: readonly string[]): string[] {
  const end = args.indexOf('--');
  if (end < 0) return [...args];
  const after = args.slice(end + 1).map((word) => (word.startsWith('-') ? MARK + word : word));
  return [...args.slice(0, end), `--${END_OF_OPTIONS}=true`, ...after];
}

/** A parsed value as it was typed. */
export function unprotected(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unprotected);
  return typeof value === 'string' ? value.replaceAll(MARK, '') : value;
}
