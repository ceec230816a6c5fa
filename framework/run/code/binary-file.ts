import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { messageOf } from '../../errors';

/** Git looks for a zero in so many bytes. */
const LOOKED_INTO = 8000;

/** Whether git takes a file for binary. @returns false too where it cannot be read, or is no file */
export function isBinary(path: string): boolean {
  try {
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(LOOKED_INTO);
      return bytes.subarray(0, readSync(file, bytes)).includes(0);
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}

/** SHA-256 of a file, as hexadecimal digits; why it cannot be read where it cannot, so that two files differ then. */
export function hashOfFile(path: string): string {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch (error) {
    return messageOf(error);
  }
}
