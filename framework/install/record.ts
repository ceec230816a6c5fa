import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installationsFolder } from './cache';
import type { Source } from './source';

/** What is known of something installed. */
export type Installed<R> = R & {
  /** The folder that it lies in. */
  readonly folder: string;
  /** What it is, in a few words. */
  readonly title: string;
};

const RECORD = 'installation.json';

/** The folder that an installation of that key has once it is complete. */
export function folderOf(key: string): string {
  return join(installationsFolder(), key);
}

/** What a complete installation wrote down, its paths as they were written. */
export function readRecord<R extends object>({ key }: Source<R>): Installed<R> | undefined {
  const folder = folderOf(key);
  try {
    return { ...(JSON.parse(readFileSync(join(folder, RECORD), 'utf8')) as Installed<R>), folder };
  } catch {
    // Not there, or not whole: either way it is made again.
    return undefined;
  }
}

/** Marks a folder as complete: the last thing that is written in it. */
export function writeRecord<R extends object>(folder: string, { title }: Source<R>, parts: R): void {
  const platform = `${process.platform}-${process.arch}`;
  const record = { title, ...parts, platform, made: new Date().toISOString() };
  writeFileSync(join(folder, RECORD), `${JSON.stringify(record, undefined, 2)}\n`);
}
