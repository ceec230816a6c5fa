import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { thousands } from '../../util/format';
import type { Schema } from '../../util/json-file';
import { isBinary } from './binary-file';
import { hasSecretName, secretIn } from './secrets';

/** A file that is no part of the record of the code. */
export interface ExcludedFile {
  readonly path: string;
  readonly reason: string;
  /** Of a binary file, so that it can be told whether it is still the same. */
  readonly bytes?: number;
  readonly sha256?: string;
}

/** What a file must have of one. */
export const EXCLUDED_FILE: Schema<ExcludedFile> = v.looseObject({
  path: v.string(),
  reason: v.string(),
  bytes: v.exactOptional(v.number()),
  sha256: v.exactOptional(v.string()),
});

const MEBIBYTE = 2 ** 20;
/** A file that is larger is data, not code. */
const FILE_LIMIT = MEBIBYTE;
/** What the files of one record may have together. */
const TOTAL_LIMIT = 10 * MEBIBYTE;
/** What binary files may have together: such as images, they are data far more often than code. */
const BINARY_LIMIT = 64 * 1024;
/** Maximum number of files whose content is examined. */
const MAX_FILES = 10_000;

const BINARY = 'binary';

/** What stands in a decoded name for bytes that are not UTF-8: git would not find the file by it. */
const NOT_UTF8 = '\uFFFD';

/**
 * Parts files into those that a record of the code keeps, and those that it leaves out: large ones, binary ones beyond a few, and untracked
 * ones with secrets or with a name that is not UTF-8. Binary ones come last, with their sizes.
 * @param paths relative to `root`
 */
export function partitionFiles(
  root: string,
  { tracked, untracked }: { tracked: readonly string[]; untracked: readonly string[] },
): { kept: string[]; leftOut: ExcludedFile[] } {
  const unknown = new Set(untracked);
  const leftOut: ExcludedFile[] = [];
  const binary: ExcludedFile[] = [];
  const kept: string[] = [];
  const budget = new Budget();
  // The smallest first: where not all fit, code does rather than data.
  const files = [...tracked, ...untracked].map((path) => ({ path, bytes: sizeOf(join(root, path)) }));
  for (const { path, bytes } of files.sort((a, b) => a.bytes - b.bytes)) {
    const refusal = (unknown.has(path) ? nameRefusal(path) : undefined) ?? budget.refusal(root, path, bytes);
    // Of a file that fits, and that git does not have already. A link has no bytes, and is not followed.
    const secret = refusal === undefined && unknown.has(path) && bytes > 0 ? secretIn(join(root, path)) : undefined;
    const reason = secret === undefined ? refusal : `it seems to hold ${secret}`;
    if (reason === undefined) kept.push(path);
    else if (reason === BINARY) binary.push({ path, reason, bytes });
    else leftOut.push({ path, reason });
  }
  return { kept, leftOut: [...leftOut, ...binary] };
}

/** Why an untracked file is left out for its name. */
function nameRefusal(path: string): string | undefined {
  if (path.includes(NOT_UTF8)) return 'its name is not UTF-8';
  return hasSecretName(path) ? 'its name tells of secrets' : undefined;
}

/** What the files of a record have so far. */
class Budget {
  private files = 0;
  private bytes = 0;
  private binary = 0;

  /** Why a file does not fit; one that fits is counted. */
  refusal(root: string, path: string, bytes: number): string | undefined {
    if (path.endsWith('/')) return 'a repository of its own';
    if (bytes > FILE_LIMIT) return `${mebibytes(bytes)}, more than ${mebibytes(FILE_LIMIT)}`;
    if (++this.files > MAX_FILES) return `beyond ${thousands(MAX_FILES)} files`;
    // A link has no bytes here.
    const binary = bytes > 0 && isBinary(join(root, path)) ? bytes : 0;
    if (binary > 0 && this.binary + binary > BINARY_LIMIT) return BINARY;
    if (this.bytes + bytes > TOTAL_LIMIT) return `beyond ${mebibytes(TOTAL_LIMIT)} in all`;
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
