import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { option, UserError, value, writeAtomically } from 'explab';
import { Tokenizer } from 'explab/text';

/** Settings of the tokenizer by characters. */
export class CharactersSettings {
  /** Vocabulary: the characters, each once; by default, those of the text. */
  characters = value('');
}

/** File in a run's folder with the vocabulary. */
const VOCABULARY = 'characters.json';

/** A token for each character, or rather Unicode code point. */
@option(Tokenizer, 'Characters', CharactersSettings)
export class Characters extends Tokenizer {
  private restored: readonly string[] | undefined;
  private readonly tokens = new Map<string, number>();

  constructor(private readonly settings: CharactersSettings) {
    super();
  }

  get size(): number {
    return this.vocabulary.length;
  }

  get start(): Int32Array {
    return Int32Array.of(Math.max(0, this.vocabulary.indexOf('\n')));
  }

  encode(text: string, source: string): Int32Array {
    const { vocabulary, tokens } = this;
    if (tokens.size === 0) vocabulary.forEach((character, token) => tokens.set(character, token));
    const characters = Array.from(text);
    return Int32Array.from(characters, (character, index) => {
      const token = tokens.get(character);
      if (token === undefined) throw unknownCharacter(character, source, characters.slice(0, index), vocabulary);
      return token;
    });
  }

  decode(tokens: Iterable<number>): string {
    const { vocabulary } = this;
    return Array.from(tokens, (token) => vocabulary[token] ?? '').join('');
  }

  override async save(folder: string): Promise<void> {
    await writeAtomically(join(folder, VOCABULARY), `${JSON.stringify(this.vocabulary)}\n`);
  }

  override restore(folder: string): void {
    const file = join(folder, VOCABULARY);
    if (existsSync(file)) this.restored = JSON.parse(readFileSync(file, 'utf8')) as string[];
  }

  private get vocabulary(): readonly string[] {
    return (this.restored ??= [...new Set(this.settings.characters)]);
  }
}

function unknownCharacter(
  character: string,
  source: string,
  before: readonly string[],
  vocabulary: readonly string[],
): UserError {
  const code = `U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0') ?? ''}`;
  const line = before.filter((each) => each === '\n').length + 1;
  const column = before.length - before.lastIndexOf('\n');
  const position = `line ${line}, column ${column}`;
  return new UserError(
    `${source}, ${position}: the character ${JSON.stringify(character)} (${code}) is not in the vocabulary.`,
    {
      hints: [`The vocabulary has ${vocabulary.length} characters: ${JSON.stringify(vocabulary.join(''))}`],
    },
  );
}
