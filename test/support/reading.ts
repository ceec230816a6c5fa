import { join } from 'node:path';
import { commandsIn } from './documents';
import { Reader } from './reader';

/** How many documents are read at once. */
const READERS = 2;

/** Commands that tests do not start: they are what runs the tests, or take minutes and have a test in test/long. */
const ELSEWHERE = [
  /^npm (ci|test|run)\b/,
  /^exp setup --(force|download|variant)/,
  /^rm -rf/,
  /^git clone/,
  /^cd /,
  /^mocha /,
  // test/framework/cli/completion.test.ts
  /^source /,
];

/** What later commands of the same document want to be there. */
const WANTED = /^exp (sweep (?!show|resume)|import-weights|run .*--name)/;

/** The commands of each document that no document before it has. */
function commandsByDocument(documents: readonly string[]): Map<string, string[]> {
  const seen = new Set<string>();
  const isNew = (command: string): boolean => {
    const { size } = seen;
    return seen.add(command).size > size;
  };
  const started = (document: string) =>
    commandsIn(document)
      .map((command) => command.replace(/^npx /, ''))
      .filter(
        (command) => (isNew(command) || WANTED.test(command)) && !ELSEWHERE.some((pattern) => pattern.test(command)),
      );
  return new Map(documents.map((document) => [document, started(document)]));
}

/**
 * Does what documents say, each from a beginning of its own.
 * @returns the commands that failed, with what they said
 */
export async function failuresIn(documents: readonly string[], folder: string): Promise<string[]> {
  const first = new Reader(join(folder, 'first'));
  const { code, stderr } = await first.begin();
  if (code !== 0) return [stderr];
  const left = [...commandsByDocument(documents)];
  const failures: string[] = [];
  const read = async (): Promise<void> => {
    for (let next = left.shift(); next; next = left.shift()) {
      const [document, commands] = next;
      const reader = first.another(join(folder, document.replaceAll(/\W/g, '-')));
      for (const command of commands) {
        const ended = await reader.start(command);
        if (ended.code !== 0) failures.push(`${document}: ${command}\n${ended.stderr}`);
      }
    }
  };
  await Promise.all(Array.from({ length: READERS }, read));
  return failures;
}
