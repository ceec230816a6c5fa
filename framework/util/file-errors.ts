import { UserError } from '../errors';
import { withoutTemporarySuffix } from './temporary-path';
import { nearestExisting, tryWritingTo } from './folders';

/** Descriptions of the file system's error codes. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is exceeded',
  EFBIG: 'the file would exceed the maximum size',
  EIO: 'input/output error',
  ENOENT: 'no such file or folder',
  ENOTDIR: 'a part of the path is not a folder',
  EEXIST: 'a file of that name exists',
  EISDIR: 'it is a folder',
  ELOOP: 'too many levels of symbolic links',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many files are open',
};

/** Node has no name for this code of Linux. */
const QUOTA_EXCEEDED = -122;

const OUT_OF_SPACE = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const NOT_WRITABLE = new Set(['EACCES', 'EPERM', 'EROFS']);

/** Code of a file system error; undefined for any other error. */
export function fileErrorCode(error: unknown): string | undefined {
  const { code, errno } = error as NodeJS.ErrnoException;
  if (errno === QUOTA_EXCEEDED) return 'EDQUOT';
  return code !== undefined && code in REASONS ? code : undefined;
}

/** Whether an error means that there is no space left. */
export function isOutOfSpace(error: unknown): boolean {
  return OUT_OF_SPACE.has(fileErrorCode(error) ?? '');
}

/** The user-facing error for a file system error; undefined for any other error. */
export function fileError(error: unknown): UserError | undefined {
  const reported = fileErrorCode(error);
  if (reported === undefined) return undefined;
  const { path: tried, syscall = 'use' } = error as NodeJS.ErrnoException;
  const path = tried && withoutTemporarySuffix(tried);
  const code = reported === 'ENOENT' && syscall === 'mkdir' && tried ? (obstacleNear(tried) ?? reported) : reported;
  const hints = [
    ...(OUT_OF_SPACE.has(code) ? ['Free some space or use another disk.'] : []),
    ...(NOT_WRITABLE.has(code) ? ['Change its permissions, or use another folder.'] : []),
  ];
  const problem = path === undefined ? 'A file cannot be written' : `${path} cannot be ${VERBS[syscall] ?? 'written'}`;
  return new UserError(`${problem}: ${REASONS[code] ?? code}.`, { hints, cause: error });
}

/** Error code that prevents creating a path: if its parents cannot be created either, Node only reports that they are missing. */
function obstacleNear(path: string): string | undefined {
  try {
    tryWritingTo(nearestExisting(path));
    return undefined;
  } catch (error) {
    return fileErrorCode(error);
  }
}

/** Verbs for system calls other than writes. */
const VERBS: Readonly<Record<string, string>> = {
  open: 'opened',
  mkdir: 'created',
  mkdtemp: 'created',
  unlink: 'removed',
  rmdir: 'removed',
  rename: 'renamed',
  read: 'read',
  scandir: 'read',
  stat: 'read',
  lstat: 'read',
};
