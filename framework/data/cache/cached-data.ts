import { createHash } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { cacheFolder } from '../../install/cache';
import { foldersIn } from '../../util/folders';
import { readJSON } from '../../util/json-file';

/** A dataset's examples on the disk. */
export interface CachedData {
  readonly id: string;
  readonly name: string;
  /** Bytes on the disk. */
  readonly bytes: number;
  readonly usedAt: Date;
}

const DETAILS = v.looseObject({ name: v.string() });

/** Parent folder of all caches of examples. */
const cachesFolder = () => join(cacheFolder(), 'data');

/** Folder of a dataset's cache. @param key everything that the examples depend on */
export function cacheFolderOf(key: string): string {
  return join(cachesFolder(), createHash('sha256').update(key).digest('hex').slice(0, 12));
}

export const cachedExamplesFile = (folder: string) => join(folder, 'examples');

/** File with what people want to know; its time is that of the last use. */
export const cacheDetailsFile = (folder: string) => join(folder, 'details.json');

/** Lists the caches of examples, the largest first. */
export function listCachedData(): CachedData[] {
  const all = foldersIn(cachesFolder()).flatMap((id) => describe(id) ?? []);
  return all.sort((one, other) => other.bytes - one.bytes);
}

/** Deletes the caches last used before a time; runs that use one continue. @returns the deleted ones */
export function pruneCachedData(before: Date): CachedData[] {
  const old = listCachedData().filter(({ usedAt }) => usedAt < before);
  for (const { id } of old) rmSync(join(cachesFolder(), id), { recursive: true, force: true });
  return old;
}

/** @returns undefined if it is being created or deleted */
function describe(id: string): CachedData | undefined {
  const folder = join(cachesFolder(), id);
  const [examples, details] = [cachedExamplesFile(folder), cacheDetailsFile(folder)].map((file) =>
    statSync(file, { throwIfNoEntry: false }),
  );
  if (!examples || !details) return undefined;
  const { name } = readJSON(cacheDetailsFile(folder), DETAILS);
  return { id, name, bytes: examples.blocks * BLOCK_BYTES, usedAt: details.mtime };
}

/** Unit of the number of blocks in a file's status, whatever the disk. */
const BLOCK_BYTES = 512;
