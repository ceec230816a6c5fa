import type { CacheOptions, ExampleCache } from './example-cache';

/** Examples in the memory of this process. */
export class MemoryCache implements ExampleCache {
  private readonly examples: Uint8Array;
  private readonly isKept: Uint8Array;

  constructor({ count, exampleBytes }: CacheOptions) {
    this.examples = new Uint8Array(count * exampleBytes);
    this.isKept = new Uint8Array(count);
  }

  get(index: number): Uint8Array | undefined {
    return this.isKept[index] ? this.at(index).slice() : undefined;
  }

  set(index: number, example: Uint8Array): void {
    this.at(index).set(example);
    this.isKept[index] = 1;
  }

  private at(index: number): Uint8Array {
    const bytes = this.examples.length / this.isKept.length;
    return this.examples.subarray(index * bytes, (index + 1) * bytes);
  }
}
