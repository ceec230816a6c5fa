import type { SampleFormat } from 'explab';

/** Line between two texts in a file, as nanoGPT prints it. */
const SEPARATOR = '\n---------------\n';

/** Texts in one file, or a file each. */
export const TEXT_FORMAT: SampleFormat<readonly string[]> = {
  noun: 'texts',
  combined: ['.txt', 'a file with all texts'],
  single: '.txt',
  combine: (chunks) => Promise.resolve(`${chunks.flat().join(SEPARATOR)}\n`),
  split: (texts) => texts.map((text) => `${text}\n`),
};
