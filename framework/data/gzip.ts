import { promisify } from 'node:util';
import { constants, gunzip as gunzipBytes, gunzipSync } from 'node:zlib';
import { UserError } from '../errors';
import { thousands } from '../util/format';

const inflate = promisify(gunzipBytes);

/** Whether bytes are gzipped, by their first three: a name may say anything. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8;
}

/**
 * The first bytes of what is gzipped, so that a header can say how much there is to come. What is broken gives what comes before
 * the break.
 */
export function gunzipHead(bytes: Uint8Array, length: number): Uint8Array {
  try {
    return gunzipSync(bytes.subarray(0, 1024), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, length);
  } catch {
    return new Uint8Array(0);
  }
}

/**
 * Unpacks gzipped bytes, and never to more than `limit`, whatever the bytes would unfold to.
 * @param name what the bytes are, for errors: the file's path
 * @param limit the most bytes that may come out
 * @throws UserError where the bytes are no gzip, end too soon, are damaged, are followed by others, or unfold beyond the limit
 */
export async function gunzip(bytes: Uint8Array, name: string, limit: number): Promise<Uint8Array> {
  if (!isGzip(bytes))
    throw new UserError(`${name} is not gzipped: it begins with ${hex(bytes.subarray(0, 3))}, not 1f 8b 08.`);
  try {
    return await inflate(bytes, { maxOutputLength: limit });
  } catch (error) {
    throw new UserError(
      `${name} cannot be unpacked: ${reasonOf(error as NodeJS.ErrnoException, bytes.length, limit)}.`,
      {
        hints: ['Get the file again: it is not as it was made.'],
        cause: error,
      },
    );
  }
}

function reasonOf(error: NodeJS.ErrnoException, length: number, limit: number): string {
  if (error.code === 'ERR_BUFFER_TOO_LARGE')
    return `it holds more than the ${thousands(limit)} bytes that are expected`;
  if (error.code === 'Z_BUF_ERROR') return `it is cut short, after ${thousands(length)} bytes`;
  if (error.message === 'incorrect data check') return 'its checksum is wrong, so its bytes have changed';
  // The file's own first bytes were right, so this is about a second beginning after the end.
  if (error.message === 'incorrect header check') return 'other bytes follow its end';
  return `it is damaged (${error.message})`;
}

function hex(bytes: Uint8Array): string {
  return (
    Buffer.from(bytes)
      .toString('hex')
      .replace(/(..)(?=.)/g, '$1 ') || 'nothing'
  );
}
