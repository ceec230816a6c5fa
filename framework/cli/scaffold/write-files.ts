import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ExitCode, UserError } from '../../errors';
import { displayPath } from '../../run/runs-folder';

/** Files to be written: contents by their paths in a folder. */
export interface NewFiles {
  readonly folder: string;
  readonly files: Readonly<Record<string, string>>;
}

/** @throws UserError if something has that path */
export function checkIsNew(folder: string): void {
  if (!existsSync(folder)) return;
  throw new UserError(`${displayPath(folder)} exists already.`, {
    hints: ['Choose another name, or another parent folder: --dir FOLDER'],
    exitCode: ExitCode.usage,
  });
}

/** Writes files, or only prints their paths. */
export function writeFiles({ folder, files }: NewFiles, isDryRun: boolean): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    console.log(`${isDryRun ? 'Would write' : 'Wrote'} ${displayPath(path)}`);
    if (isDryRun) continue;
    mkdirSync(dirname(path), { recursive: true });
    // A file of that name would be another's work.
    writeFileSync(path, text, { flag: 'wx' });
  }
}
