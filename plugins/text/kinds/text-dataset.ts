import { UserError } from 'explab';

/** A text to learn from. */
export abstract class TextDataset {
  private loaded: string | undefined;

  /** Loads the text; called once. @throws UserError if it is missing or not a text, naming the file and the remedy */
  protected abstract load(): string;

  /** The whole text. Settings may depend on it, such as the size of a vocabulary, so it can be read at any time. @throws UserError */
  get text(): string {
    this.loaded ??= this.load();
    if (this.loaded === '') throw new UserError('The text is empty.', { hints: ['Choose a text: dataset.path=FILE'] });
    return this.loaded;
  }
}

/** The different characters in a text, in the order of their code points. */
export function charactersIn(text: string): string {
  return [...new Set(text)].sort((one, other) => (one.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0)).join('');
}
