import { existsSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import { ExitCode, UserError } from '../../errors';
import { removeLeftovers } from '../../util/temporary-path';
import { isFolder } from '../../util/folders';
import { checkFileWritable, checkFolderWritable } from '../../util/writable';

/** Path to write to. */
export interface OutputPath {
  /** The full path. */
  readonly path: string;
  /** File extension, such as `.png`; `/` for a folder. */
  readonly kind: string;
}

/**
 * Parses a command's `--out`.
 * @param kinds supported extensions, and the format of each: { '.png': 'a grid' }
 * @throws UserError if the extension is not supported, or the parent folder is missing or not writable
 */
export function parseOutput(out: string, kinds: Readonly<Record<string, string>>): OutputPath {
  if (out === '') throw new UserError('--out is empty: expected a file or a folder.', { exitCode: ExitCode.usage });
  const path = resolve(out);
  const kind = out.endsWith('/') || isFolder(path) ? '/' : extname(path).toLowerCase();
  if (!(kind in kinds)) {
    const choices = Object.entries(kinds).map(([extension, format]) => `${extension} for ${format}`);
    throw new UserError(`--out ${out}: ${problemOf(kind)}.`, {
      hints: [`The extension selects the format: ${choices.join(', ')}.`],
      exitCode: ExitCode.usage,
    });
  }
  if (!isFolder(dirname(path))) throw new UserError(`--out ${out}: no such folder: ${dirname(path)}`);
  if (kind === '/' && existsSync(path) && !isFolder(path))
    throw new UserError(`--out ${out}: it is a file, expected a folder.`);
  if (kind === '/') checkFolderWritable(path);
  else checkFileWritable(path);
  return { path, kind };
}

/**
 * Checks that files can be created, and removes leftovers of killed processes.
 * @param files all in one folder, which need not exist
 * @param force allow replacing files
 * @throws UserError naming the first file that exists
 */
export function prepareFiles(files: readonly string[], force = false): void {
  removeLeftovers(dirname(files[0] ?? ''), new Set(files.map((file) => basename(file))));
  const existing = force ? undefined : files.find((file) => existsSync(file));
  if (existing === undefined) return;
  throw new UserError(`${existing} already exists.`, {
    hints: ['Replace it with --force, or choose another path with --out.'],
    exitCode: ExitCode.usage,
  });
}

function problemOf(kind: string): string {
  if (kind === '/') return 'it is a folder';
  return kind === '' ? 'it has no file extension' : `${kind} is not supported`;
}

/**
 * Resolves the full path of a command's output, which must not exist.
 * @throws UserError if it exists, or its parent folder is missing or not writable
 */
export function resolveOutputPath(out: string): string {
  if (out === '') throw new UserError('--out is empty: expected a name.', { exitCode: ExitCode.usage });
  const path = resolve(out);
  if (existsSync(path)) throw new UserError(`--out ${out}: already exists.`);
  if (!existsSync(dirname(path))) throw new UserError(`--out ${out}: no such folder: ${dirname(path)}`);
  checkFileWritable(path);
  return path;
}
