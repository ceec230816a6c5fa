import { lstatSync } from 'node:fs';
import { join } from 'node:path';

/** A file that is no part of the record of the code. */
export interface LeftOut {
  readonly path: string;
  readonly reason: string;
}

const MEBIBYTE = 2 ** 20;
/** A file that is larger is data, not code. */
const FILE_LIMIT = MEBIBYTE;
/** What the files of one record may have together. */
const TOTAL_LIMIT = 10 * MEBIBYTE;

/** Names of files that hold passwords, keys or tokens. */
const SECRET =
  /(^|\/)(\.env(\..+)?|\.netrc|\.npmrc|\.pypirc|credentials(\.json)?|id_(rsa|dsa|ecdsa|ed25519)|.+\.(pem|key|p12|pfx))$/i;

/**
 * Parts files into those that a record of the code keeps, and those that it leaves out: large ones, and untracked ones with secrets.
 * @param paths relative to `root`
 */
export function sortOut(
  root: string,
  { tracked, untracked }: { tracked: readonly string[]; untracked: readonly string[] },
): { kept: string[]; leftOut: LeftOut[] } {
  const unknown = new Set(untracked);
  const leftOut: LeftOut[] = [];
  const kept: string[] = [];
  let total = 0;
  const drop = (path: string, reason: string) => void leftOut.push({ path, reason });
  // The smallest first: where not all fit, code does rather than data.
  const files = [...tracked, ...untracked].map((path) => ({ path, bytes: sizeOf(join(root, path)) }));
  for (const { path, bytes } of files.sort((a, b) => a.bytes - b.bytes)) {
    if (path.endsWith('/')) drop(path, 'a repository of its own');
    else if (unknown.has(path) && SECRET.test(path)) drop(path, 'its name tells of secrets');
    else if (bytes > FILE_LIMIT) drop(path, `${mebibytes(bytes)}, more than ${mebibytes(FILE_LIMIT)}`);
    else if (total + bytes > TOTAL_LIMIT) drop(path, `beyond ${mebibytes(TOTAL_LIMIT)} in all`);
    else {
      kept.push(path);
      total += bytes;
    }
  }
  return { kept, leftOut };
}

function sizeOf(path: string): number {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isFile() ? found.size : 0;
}

function mebibytes(bytes: number): string {
  return `${(bytes / MEBIBYTE).toFixed(bytes % MEBIBYTE === 0 ? 0 : 1)} MiB`;
}
