/** Reason for skipping a file in a folder of images. */
export type Reason = 'hidden' | 'format' | 'encoding' | 'link';

const TEXTS: Readonly<Record<Reason, string>> = {
  hidden: 'hidden files',
  format: 'other formats',
  encoding: 'names that are not UTF-8',
  link: 'broken links',
};

/** Counts skipped files for a single report. */
export class LeftOutFiles {
  private readonly counts = new Map<Reason, number>();
  private readonly examples = new Map<Reason, string>();

  add(reason: Reason, path: string): void {
    this.counts.set(reason, (this.counts.get(reason) ?? 0) + 1);
    if (!this.examples.has(reason)) this.examples.set(reason, path);
  }

  /** A one-line summary with an example of each kind; undefined if no file was skipped. */
  get text(): string | undefined {
    const total = [...this.counts.values()].reduce((sum, count) => sum + count, 0);
    if (total === 0) return undefined;
    const kinds = [...this.counts].map(
      ([reason, count]) => `${TEXTS[reason]}: ${count}, such as ${this.examples.get(reason) ?? ''}`,
    );
    const files = total === 1 ? 'file' : 'files';
    return `Skipped ${total} ${files} (${kinds.join('; ')}). Only .jpg, .jpeg and .png files are read.`;
  }
}
