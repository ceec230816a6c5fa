import { statfsSync } from 'node:fs';
import { cacheFolder } from '../../install/cache';
import { messageOf } from '../../errors';
import { nearestExisting } from '../../util/folders';
import { gigabytes } from '../../install/space';
import { DiskCache } from './disk-cache';
import type { CacheOptions, ExampleCache } from './example-cache';
import { MemoryCache } from './memory-cache';

/** Where prepared examples are kept. */
export const CACHE_MODES = ['auto', 'memory', 'disk', 'off'] as const;

/** Smaller datasets are kept in memory by default. */
const MEMORY_BYTES = 2 ** 26;

/** Free space, in multiples of the cache, that others may need. */
const SPARE = 2;

/**
 * Opens the cache of a dataset.
 * @param mode by default, `auto`: `memory` if small, otherwise `disk`, if it has enough space
 * @param log receives the reason if there is no cache though one is wanted
 * @returns undefined if there is none
 */
export function openCache(
  mode: (typeof CACHE_MODES)[number],
  options: CacheOptions,
  log: (text: string) => void = console.error,
): ExampleCache | undefined {
  if (mode === 'off') return undefined;
  const bytes = options.count * options.exampleBytes;
  if (mode === 'memory' || (mode === 'auto' && bytes <= MEMORY_BYTES)) return new MemoryCache(options);
  try {
    if (mode === 'auto' && freeSpace() < SPARE * bytes) throw new Error(`it needs ${gigabytes(bytes)}`);
    return new DiskCache(options, log);
  } catch (error) {
    log(
      `No cache of ${options.name} in ${cacheFolder()}: ${messageOf(error)}. Examples are prepared again in each epoch.`,
    );
    return undefined;
  }
}

function freeSpace(): number {
  const { bavail, bsize } = statfsSync(nearestExisting(cacheFolder()));
  return bavail * bsize;
}
