import { existsSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import { ExitCode, UserError } from '../../errors';
import { removeLeftovers } from '../../util/aside';
import { isFolder } from '../../util/folders';
import { checkFileWritable, checkFolderWritable } from '../../util/writable';

/** Where something is to be written. */
export interface Output {
  /** The full path. */
  readonly path: string;
  /** What its ending says it is: `.png`; `/` where it is a folder. */
  readonly kind: string;
}

/**
 * What a command's `--out` names.
 * @param kinds the endings that can be written, and what each is: { '.png': 'a grid' }
 * @throws UserError if it has none of these, or its folder is missing or cannot be written
 */
export function parseOutput(out: string, kinds: Readonly<Record<string, string>>): Output {
  if (out === '') throw new UserError('--out is empty: expected a file or a folder.', { exitCode: ExitCode.usage });
  const path = resolve(out);
  const kind = out.endsWith('/') || isFolder(path) ? '/' : extname(path).toLowerCase();
  if (!(kind in kinds)) {
    const choices = Object.entries(kinds).map(([ending, what]) => `${ending} for ${what}`);
    throw new UserError(`--out ${out}: ${problemOf(kind)}.`, {
      hints: [`Its end says what is written: ${choices.join(', ')}.`],
      exitCode: ExitCode.usage,
    });
  }
  if (!isFolder(dirname(path))) throw new UserError(`--out ${out}: there is no folder ${dirname(path)}.`);
  if (kind === '/' && existsSync(path) && !isFolder(path))
    throw new UserError(`--out ${out}: there is a file of that name.`);
  if (kind === '/') checkFolderWritable(path);
  else checkFileWritable(path);
  return { path, kind };
}

/**
 * Refuses to replace files, unless that is asked for, and removes what killed processes left of them.
 * @param files all in one folder, which need not exist
 * @throws UserError naming the first that exists
 */
export function prepareFiles(files: readonly string[], force = false): void {
  removeLeftovers(dirname(files[0] ?? ''), new Set(files.map((file) => basename(file))));
  const taken = force ? undefined : files.find((file) => existsSync(file));
  if (taken === undefined) return;
  throw new UserError(`${taken} exists.`, {
    hints: ['Replace it with --force, or name another file with --out.'],
    exitCode: ExitCode.usage,
  });
}

function problemOf(kind: string): string {
  if (kind === '/') return 'that is a folder';
  return kind === '' ? 'it has no ending' : `${kind} is not written`;
}

/**
 * The full path of what a command is to make.
 * @throws UserError if something has that name, which is not overwritten, or the folder is missing or cannot be written
 */
export function resolveOutputPath(out: string): string {
  if (out === '') throw new UserError('--out is empty: expected a name.', { exitCode: ExitCode.usage });
  const path = resolve(out);
  if (existsSync(path)) throw new UserError(`--out ${out}: there is something of that name already.`);
  if (!existsSync(dirname(path))) throw new UserError(`--out ${out}: there is no folder ${dirname(path)}.`);
  checkFileWritable(path);
  return path;
}
