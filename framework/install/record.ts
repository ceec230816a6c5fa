import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installationsFolder } from './cache';
import type { Source } from './source';

/** Record of an installation. */
export type Installed<R> = R & {
  /** Folder of the installation. */
  readonly folder: string;
  /** Short name. */
  readonly title: string;
};

const RECORD = 'installation.json';

/** Folder of the complete installation with this key. */
export function folderOf(key: string): string {
  return join(installationsFolder(), key);
}

/** Reads the record of a complete installation, with its paths as written. @returns undefined if there is none */
export function readRecord<R extends object>({ key }: Source<R>): Installed<R> | undefined {
  const folder = folderOf(key);
  try {
    return { ...(JSON.parse(readFileSync(join(folder, RECORD), 'utf8')) as Installed<R>), folder };
  } catch {
    // Missing or incomplete: either way it is installed again.
    return undefined;
  }
}

/** Marks a folder as complete. Must be the last thing written to it. */
export function writeRecord<R extends object>(folder: string, { title }: Source<R>, parts: R): void {
  const platform = `${process.platform}-${process.arch}`;
  const record = { title, ...parts, platform, made: new Date().toISOString() };
  writeFileSync(join(folder, RECORD), `${JSON.stringify(record, undefined, 2)}\n`);
}
