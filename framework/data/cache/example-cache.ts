/** Examples that are expensive to prepare, each of the same number of bytes, by index. */
export interface ExampleCache {
  /** A copy of an example; undefined if it is not kept, or damaged. */
  get(index: number): Uint8Array | undefined;
  set(index: number, example: Uint8Array): void;
}

/** What examples are kept for. */
export interface CacheOptions {
  /** Name of the dataset, with its source, for people: `Prices in data/prices`. */
  readonly name: string;
  /** Everything that the examples depend on: files with their times, settings, versions. */
  readonly key: string;
  readonly count: number;
  /** Bytes of each example. */
  readonly exampleBytes: number;
}
