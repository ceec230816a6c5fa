/** Hidden option that ends an option with several values: replaces `--` in the arguments for yargs. */
export const END_OF_OPTIONS = 'end-of-options';

/** Marks protected arguments; cannot occur on a command line. */
const MARK = '\0';

/**
 * Makes yargs parse arguments as git does: those after `--` are positional, even if they begin with a dash. yargs itself excludes them
 * from a command's positional arguments.
 * @returns arguments for yargs; `unprotect` restores the parsed values
 */
export function protectArguments(args: readonly string[]): string[] {
  const end = args.indexOf('--');
  if (end < 0) return [...args];
  const after = args.slice(end + 1).map((arg) => (arg.startsWith('-') ? MARK + arg : arg));
  return [...args.slice(0, end), `--${END_OF_OPTIONS}=true`, ...after];
}

/** Restores a parsed value. */
export function unprotect(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unprotect);
  return typeof value === 'string' ? value.replaceAll(MARK, '') : value;
}
