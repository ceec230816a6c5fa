import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, UserError } from '../errors';
import { cacheFolder, installationsFolder } from './cache';
import { interruptible } from './interrupt';
import { isHeld, withLock } from '../util/lock';
import { Progress } from './progress';
import { folderOf, writeRecord } from './record';
import type { Source, InstallTarget } from './source';
import { checkSpace, type FreeSpace, freeSpaceOf, noSpaceLeft } from './space';

export interface EnsureOptions {
  /** Makes the installation again where it is there already. */
  readonly force?: boolean;
  readonly progress?: Progress;
  readonly freeSpace?: FreeSpace;
}

const PARTIAL = '.partial-';

/**
 * Makes sure that something is installed. It is made in a folder beside, which gets its name when it is complete: safe against
 * being killed at any moment, and against others that do the same.
 * @param find looks for it; costs a few milliseconds
 * @throws UserError that says what stood in the way, and the command that mends it
 */
export async function ensure<R extends object, T>(
  source: Source<R>,
  find: () => T | undefined,
  options: EnsureOptions = {},
): Promise<T> {
  const { force = false, progress = new Progress(), freeSpace = freeSpaceOf } = options;
  const look = (): T | undefined => (force ? undefined : find());
  const existing = look();
  if (existing) return existing;

  await source.check();
  await makeCacheFolder(source);
  await checkSpace(source, freeSpace);
  return interruptible(source.command, (signal) => {
    const onWait = (owner: string): void => progress.say(`Waiting for ${owner}, which is setting up ${source.title}`);
    // Whoever was waited for may have made it.
    return withLock(
      lockOf(source.key),
      signal,
      onWait,
      async () => look() ?? makeAndFind(source, find, progress, signal),
    );
  });
}

async function makeAndFind<R extends object, T>(
  source: Source<R>,
  find: () => T | undefined,
  progress: Progress,
  signal: AbortSignal,
): Promise<T> {
  await make(source, progress, signal);
  const made = find();
  if (made === undefined) throw new Error(`${source.title} is not to be found where it was just made`);
  return made;
}

async function make<R extends object>(source: Source<R>, progress: Progress, signal: AbortSignal): Promise<void> {
  await removeLeftovers(source.key);
  const name = folderOf(source.key);
  const folder = `${name}${PARTIAL}${randomUUID().slice(0, 8)}`;
  const log = `${name}.log`;
  progress.say(`Setting up ${source.title} in ${name}`);
  try {
    await rm(log, { force: true });
    await mkdir(folder);
    writeRecord(folder, source, await source.build({ folder, log, signal, progress, subject: source }));
    await giveName(folder, name);
  } catch (error) {
    await remove(folder);
    throw (error as NodeJS.ErrnoException).code === 'ENOSPC' ? noSpaceLeft(source) : error;
  }
}

/** Puts the finished folder in the place of an older one; who has loaded the old one keeps it. */
async function giveName(folder: string, name: string): Promise<void> {
  const old = `${folder}-old`;
  if (existsSync(name)) await rename(name, old);
  await rename(folder, name);
  await remove(old);
}

/** Removes what a killed setup has left: its own key's, and others' whose setup no longer lives. */
async function removeLeftovers(key: string): Promise<void> {
  for (const name of await readdir(installationsFolder())) {
    const [owner = ''] = name.split(PARTIAL);
    const isLeft = owner !== name && (owner === key || !isHeld(lockOf(owner)));
    if (isLeft) await remove(join(installationsFolder(), name));
  }
}

/** Removes a folder; what a dying program still writes there is left to the next setup. */
async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
}

function lockOf(key: string): string {
  return `${folderOf(key)}.lock`;
}

async function makeCacheFolder({ command }: InstallTarget): Promise<void> {
  try {
    await mkdir(installationsFolder(), { recursive: true });
  } catch (error) {
    throw new UserError(`The cache folder ${cacheFolder()} cannot be made: ${messageOf(error)}`, {
      hints: [`Use another: EXPLAB_CACHE=/path/to/folder ${command} (and set EXPLAB_CACHE from then on)`],
    });
  }
}
