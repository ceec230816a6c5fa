import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { messageOf } from '../../errors';

/** Number of bytes that git searches for a zero. */
const BYTES_EXAMINED = 8000;

/** True if git considers a file binary. @returns false if it cannot be read, or is not a file */
export function isBinary(path: string): boolean {
  try {
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(BYTES_EXAMINED);
      return bytes.subarray(0, readSync(file, bytes)).includes(0);
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}

/** SHA-256 of a file in hexadecimal; the error message if it cannot be read, so that it differs from any hash. */
export function hashOfFile(path: string): string {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch (error) {
    return messageOf(error);
  }
}
