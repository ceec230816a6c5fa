/**
 * Whether a folder belongs to this user, can be written, and no other user can put files there or replace it. It is made, with mode 0700,
 * where it and only trusted folders above it are missing. Whatever is wrong with the path, the answer is false.
 */
export function isPrivateFolder(path: string): boolean;
