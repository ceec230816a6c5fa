import { ExitCode, UserError } from '../errors';

/**
 * Checks many things, such as the settings of each job, and tells every mistake once, however many of them have it.
 * @param check throws a UserError where something is wrong
 * @throws UserError telling every mistake
 */
export function checkAll<T>(things: Iterable<T>, check: (thing: T) => void): void {
  const mistakes = new Map<string, string>();
  for (const thing of things) {
    try {
      check(thing);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      // Each mistake in settings stands in a paragraph of its own.
      for (const mistake of error.text.split(/\n\s*\n(?=\S)/)) {
        // What is wrong with a key is told for the first of its values; what is wrong with a value names the value.
        const kind = mistake.replace(/^([^\s=]+)=\S*: /, '$1: ');
        if (!mistakes.has(kind)) mistakes.set(kind, mistake);
      }
    }
  }
  if (mistakes.size > 0) throw new UserError([...mistakes.values()].join('\n\n'), { exitCode: ExitCode.usage });
}
