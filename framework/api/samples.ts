import type { SampleFormat } from '../experiment/sampling/samples';

/** Samples of a model, generated when they are read, in chunks as the experiment yields them. The same each time. */
export class Samples implements AsyncIterable<unknown> {
  constructor(
    private readonly generate: () => AsyncGenerator,
    private readonly format: SampleFormat<unknown>,
  ) {}

  [Symbol.asyncIterator](): AsyncGenerator {
    return this.generate();
  }

  /** Extensions of `file` and `files`: `.txt`. */
  get extensions(): { readonly file: string; readonly files: string } {
    return { file: this.format.combined[0], files: this.format.single };
  }

  /** All samples in one file, as `exp sample` writes it. */
  async file(): Promise<Buffer> {
    const chunks: unknown[] = [];
    for await (const chunk of this) chunks.push(chunk);
    return Buffer.from(await this.format.combine(chunks));
  }

  /** A file for each sample. */
  async files(): Promise<Buffer[]> {
    const files: Buffer[] = [];
    for await (const chunk of this)
      for await (const content of this.format.split(chunk)) files.push(Buffer.from(content));
    return files;
  }
}
