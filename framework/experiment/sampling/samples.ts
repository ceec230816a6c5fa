/** Samples to generate. A sample only depends on the seed and its index, not on the other samples of the call. */
export interface SamplingOptions {
  readonly seed: number;
  /** Indices of the samples, from 0. */
  readonly indices: readonly number[];
  /** Maximum number of samples generated at once, which bounds the memory; the experiment's choice by default. */
  readonly batch?: number | undefined;
}

/** Upper limit of samples per command, to catch typing errors. */
export const MAX_SAMPLES = 1_000_000;

/** Indices of the first `count` samples. */
export function firstIndices(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** Splits items into chunks of at most `size`. */
export function chunk<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, part) =>
    items.slice(part * size, (part + 1) * size),
  );
}

/** How samples are written to files. @typeParam Samples a chunk of samples */
export interface SampleFormat<Samples> {
  /** What the samples are called, in the plural: texts. */
  readonly noun: string;
  /** Extension of files with all samples, and what such a file is: `.png`, `a grid`. */
  readonly combined: readonly [extension: string, description: string];
  /** Extension of a file with one sample. */
  readonly single: string;
  /** Content of one file with all samples. */
  combine(chunks: readonly Samples[]): Promise<Buffer | string>;
  /** Contents of a file for each sample of a chunk. */
  split(chunk: Samples): AsyncIterable<Buffer | string> | Iterable<Buffer | string>;
}
