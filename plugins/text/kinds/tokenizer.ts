/** Converts text to tokens, integers in [0, size), and back. */
export abstract class Tokenizer {
  /** Number of tokens. */
  abstract readonly size: number;

  /** What a text without a prompt continues: a line break, if there is one. */
  abstract readonly start: Int32Array;

  /**
   * @param source what the text is, for errors: `The prompt`
   * @throws UserError naming the first character that has no token, and its position
   */
  abstract encode(text: string, source: string): Int32Array;

  abstract decode(tokens: Iterable<number>): string;

  /** Saves what was derived from the text, so that a model can be used without it. Does nothing by default. @param folder of the run */
  save(_folder: string): Promise<void> {
    return Promise.resolve();
  }

  /** Restores what `save` has written, if anything. */
  restore(_folder: string): void {
    return;
  }
}
