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
  /** Reinstalls an existing installation. */
  readonly force?: boolean;
  readonly progress?: Progress;
  readonly freeSpace?: FreeSpace;
}

const PARTIAL = '.partial-';

/**
 * Installs something if necessary. It is built in a temporary sibling folder, which is renamed when complete: safe against being
 * killed at any moment and against concurrent installations.
 * @param find looks for an existing installation; takes a few milliseconds
 * @throws UserError with the cause of a failed installation and a command that fixes it
 */
export async function ensure<R extends object, T>(
  source: Source<R>,
  find: () => T | undefined,
  options: EnsureOptions = {},
): Promise<T> {
  const { force = false, progress = new Progress(), freeSpace = freeSpaceOf } = options;
  const findExisting = (): T | undefined => (force ? undefined : find());
  const existing = findExisting();
  if (existing) return existing;

  await source.check();
  await makeCacheFolder(source);
  await checkSpace(source, freeSpace);
  return interruptible(source.command, (signal) => {
    const onWait = (owner: string): void => progress.log(`Waiting for ${owner}, which is setting up ${source.title}`);
    // The process that held the lock may have installed it.
    return withLock(
      lockOf(source.key),
      signal,
      onWait,
      async () => findExisting() ?? installAndFind(source, find, progress, signal),
    );
  });
}

async function installAndFind<R extends object, T>(
  source: Source<R>,
  find: () => T | undefined,
  progress: Progress,
  signal: AbortSignal,
): Promise<T> {
  await install(source, progress, signal);
  const installed = find();
  if (installed === undefined) throw new Error(`${source.title} was not found after its installation`);
  return installed;
}

async function install<R extends object>(source: Source<R>, progress: Progress, signal: AbortSignal): Promise<void> {
  await removeLeftovers(source.key);
  const name = folderOf(source.key);
  const folder = `${name}${PARTIAL}${randomUUID().slice(0, 8)}`;
  const log = `${name}.log`;
  progress.log(`Setting up ${source.title} in ${name}`);
  try {
    await rm(log, { force: true });
    await mkdir(folder);
    writeRecord(folder, source, await source.build({ folder, log, signal, progress, subject: source }));
    await moveInPlace(folder, name);
  } catch (error) {
    await remove(folder);
    throw (error as NodeJS.ErrnoException).code === 'ENOSPC' ? noSpaceLeft(source) : error;
  }
}

/** Replaces an older installation by the new one; processes that have loaded the old one keep it. */
async function moveInPlace(folder: string, name: string): Promise<void> {
  const old = `${folder}-old`;
  if (existsSync(name)) await rename(name, old);
  await rename(folder, name);
  await remove(old);
}

/** Removes leftovers of killed setups: those with this key, and those with other keys whose setup is dead. */
async function removeLeftovers(key: string): Promise<void> {
  for (const name of await readdir(installationsFolder())) {
    const [owner = ''] = name.split(PARTIAL);
    const isLeftover = owner !== name && (owner === key || !isHeld(lockOf(owner)));
    if (isLeftover) await remove(join(installationsFolder(), name));
  }
}

/** Removes a folder; files still written by a dying program are left to the next setup. */
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
    throw new UserError(`The cache folder ${cacheFolder()} cannot be created: ${messageOf(error)}`, {
      hints: [`Use another: EXPLAB_CACHE=/path/to/folder ${command} (and keep EXPLAB_CACHE set)`],
    });
  }
}
