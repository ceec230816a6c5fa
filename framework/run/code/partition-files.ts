import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { thousands } from '../../util/format';
import type { Schema } from '../../util/json-file';
import { isBinary } from './binary-file';
import { hasSecretName, secretIn } from './secrets';

/** A file that is excluded from the record of the code. */
export interface ExcludedFile {
  readonly path: string;
  readonly reason: string;
  /** Size of a binary file; with the hash, changes can be detected. */
  readonly bytes?: number;
  readonly sha256?: string;
}

/** Schema of an excluded file. */
export const EXCLUDED_FILE: Schema<ExcludedFile> = v.looseObject({
  path: v.string(),
  reason: v.string(),
  bytes: v.exactOptional(v.number()),
  sha256: v.exactOptional(v.string()),
});

const MEBIBYTE = 2 ** 20;
/** Maximum size of a file; larger ones are data, not code. */
const MAX_FILE_BYTES = MEBIBYTE;
/** Maximum total size of the files of a record. */
const MAX_TOTAL_BYTES = 10 * MEBIBYTE;
/** Maximum total size of binary files, such as pictures, which are usually data. */
const MAX_BINARY_BYTES = 64 * 1024;
/** Maximum number of files whose content is examined. */
const MAX_FILES = 10_000;

const BINARY = 'binary';

/** Replacement character in a decoded name that is not UTF-8: git would not find the file by it. */
const NOT_UTF8 = '\uFFFD';

/**
 * Partitions files into those that are kept in a record of the code, and those that are excluded: large ones, most binary ones, and
 * untracked ones with secrets or with a name that is not UTF-8. Binary ones come last, with their sizes.
 * @param paths relative to `root`
 */
export function partitionFiles(
  root: string,
  { tracked, untracked }: { tracked: readonly string[]; untracked: readonly string[] },
): { kept: string[]; leftOut: ExcludedFile[] } {
  const untrackedPaths = new Set(untracked);
  const leftOut: ExcludedFile[] = [];
  const binary: ExcludedFile[] = [];
  const kept: string[] = [];
  const budget = new Budget();
  // The smallest first: if not all fit, code is preferred to data.
  const files = [...tracked, ...untracked].map((path) => ({ path, bytes: sizeOf(join(root, path)) }));
  for (const { path, bytes } of files.sort((a, b) => a.bytes - b.bytes)) {
    const refusal = (untrackedPaths.has(path) ? nameRefusal(path) : undefined) ?? budget.refusal(root, path, bytes);
    // Only for files that fit and are not tracked by git. A link has no bytes and is not followed.
    const secret =
      refusal === undefined && untrackedPaths.has(path) && bytes > 0 ? secretIn(join(root, path)) : undefined;
    const reason = secret === undefined ? refusal : `it seems to contain ${secret}`;
    if (reason === undefined) kept.push(path);
    else if (reason === BINARY) binary.push({ path, reason, bytes });
    else leftOut.push({ path, reason });
  }
  return { kept, leftOut: [...leftOut, ...binary] };
}

/** Reason to exclude an untracked file because of its name. */
function nameRefusal(path: string): string | undefined {
  if (path.includes(NOT_UTF8)) return 'its name is not UTF-8';
  return hasSecretName(path) ? 'its name suggests secrets' : undefined;
}

/** Size of a record so far. */
class Budget {
  private files = 0;
  private bytes = 0;
  private binary = 0;

  /** Reason why a file does not fit; a file that fits is counted. */
  refusal(root: string, path: string, bytes: number): string | undefined {
    if (path.endsWith('/')) return 'a nested repository';
    if (bytes > MAX_FILE_BYTES) return `${mebibytes(bytes)}, more than ${mebibytes(MAX_FILE_BYTES)}`;
    if (++this.files > MAX_FILES) return `beyond ${thousands(MAX_FILES)} files`;
    // A link has no bytes here.
    const binary = bytes > 0 && isBinary(join(root, path)) ? bytes : 0;
    if (binary > 0 && this.binary + binary > MAX_BINARY_BYTES) return BINARY;
    if (this.bytes + bytes > MAX_TOTAL_BYTES) return `beyond ${mebibytes(MAX_TOTAL_BYTES)} in total`;
    this.bytes += bytes;
    this.binary += binary;
    return undefined;
  }
}

function sizeOf(path: string): number {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isFile() ? found.size : 0;
}

function mebibytes(bytes: number): string {
  return `${(bytes / MEBIBYTE).toFixed(bytes % MEBIBYTE === 0 ? 0 : 1)} MiB`;
}
