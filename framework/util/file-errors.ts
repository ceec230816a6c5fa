import { UserError } from '../errors';
import { withoutAside } from './aside';
import { nearestExisting, tryWritingTo } from './folders';

/** What the file system's codes mean, in words. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is exceeded',
  EFBIG: 'the file would be larger than is allowed',
  EIO: 'the disk failed',
  ENOENT: 'no such file or folder',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'a file of that name is in the way',
  EISDIR: 'it is a folder',
  ELOOP: 'its links lead back to themselves',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many files are open',
};

/** Node has no name for this code of Linux. */
const QUOTA_EXCEEDED = -122;

const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const NOT_WRITABLE = new Set(['EACCES', 'EPERM', 'EROFS']);

/** The code of an error of the file system; nothing of any other error. */
export function fileErrorCode(error: unknown): string | undefined {
  const { code, errno } = error as NodeJS.ErrnoException;
  if (errno === QUOTA_EXCEEDED) return 'EDQUOT';
  return code !== undefined && code in REASONS ? code : undefined;
}

/** Whether an error says that there is no room for more. */
export function isOutOfSpace(error: unknown): boolean {
  return NO_ROOM.has(fileErrorCode(error) ?? '');
}

/** The user-facing error for an error of the file system; undefined for any other error. */
export function fileError(error: unknown): UserError | undefined {
  const reported = fileErrorCode(error);
  if (reported === undefined) return undefined;
  const { path: tried, syscall = 'use' } = error as NodeJS.ErrnoException;
  const path = tried && withoutAside(tried);
  const code = reported === 'ENOENT' && syscall === 'mkdir' && tried ? (refusalNear(tried) ?? reported) : reported;
  const hints = [
    ...(NO_ROOM.has(code) ? ['Make room there, or use another disk.'] : []),
    ...(NOT_WRITABLE.has(code) ? ['Change its permissions, or use another folder.'] : []),
  ];
  const what = path === undefined ? 'A file cannot be written' : `${path} cannot be ${VERBS[syscall] ?? 'written'}`;
  return new UserError(`${what}: ${REASONS[code] ?? code}.`, { hints, cause: error });
}

/** Why nothing can be made at a path: of a folder whose parents cannot be made either, Node says only that those are not there. */
function refusalNear(path: string): string | undefined {
  try {
    tryWritingTo(nearestExisting(path));
    return undefined;
  } catch (error) {
    return fileErrorCode(error);
  }
}

/** What a call of the system does, where that is not to write. */
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
