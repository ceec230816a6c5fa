/**
 * Checks that a folder belongs to this user, is writable, and cannot be written or replaced by other users. A missing folder is created
 * with mode 0700 if the folders above it are trusted. Returns false for any problem with the path.
 */
export function isPrivateFolder(path: string): boolean;
