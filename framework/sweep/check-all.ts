import { ExitCode, UserError } from '../errors';

/**
 * Checks several things, such as the settings of each job, and reports every mistake once, regardless of how many of them have it.
 * @param check throws a UserError for a mistake
 * @throws UserError listing every mistake
 */
export function checkAll<T>(things: Iterable<T>, check: (thing: T) => void): void {
  const mistakes = new Map<string, string>();
  for (const thing of things) {
    try {
      check(thing);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      // Each mistake in settings is a paragraph.
      for (const mistake of error.text.split(/\n\s*\n(?=\S)/)) {
        // A mistake in a key is reported for the first of its values; a mistake in a value names the value.
        const kind = mistake.replace(/^([^\s=]+)=\S*: /, '$1: ');
        if (!mistakes.has(kind)) mistakes.set(kind, mistake);
      }
    }
  }
  if (mistakes.size > 0) throw new UserError([...mistakes.values()].join('\n\n'), { exitCode: ExitCode.usage });
}
