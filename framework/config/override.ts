import { ExitCode, UserError } from '../errors';

/** A setting as somebody gave it: `dataset.root=photos`. */
export interface Override {
  readonly key: string;
  readonly text: string;
  /** Where it came from, as a sentence for errors. */
  readonly source: string;
}

/**
 * Reads settings of the form `key=value` and `slot.key=value` from the command line.
 * @throws UserError naming the word that is none
 */
export function parseOverrides(words: readonly string[]): Override[] {
  return words.map((word, index) => {
    const [, key, text] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
    if (key === undefined || text === undefined) {
      throw new UserError(`"${word}" is not a setting.`, {
        hints: ['A setting is key=value or slot.key=value, without spaces: epochs=100 dataset.root=photos'],
        exitCode: ExitCode.usage,
      });
    }
    return { key, text, source: `Set on the command line, ${ordinal(index + 1)} of ${words.length} settings.` };
  });
}

function ordinal(n: number): string {
  const suffix = new Map([
    [1, 'st'],
    [2, 'nd'],
    [3, 'rd'],
  ]).get(n % 100 > 10 && n % 100 < 14 ? 0 : n % 10);
  return `${n}${suffix ?? 'th'}`;
}
