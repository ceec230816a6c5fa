import { promisify } from 'node:util';
import { constants, gunzip as gunzipBytes, gunzipSync } from 'node:zlib';
import { UserError } from '../errors';
import { thousands } from '../util/format';

const inflate = promisify(gunzipBytes);

/** Whether bytes are gzipped, by their first three; file names are not reliable. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8;
}

/**
 * Unpacks the first bytes of gzipped data, to read a header with the total length. Broken data gives the bytes before the
 * damage.
 */
export function gunzipHead(bytes: Uint8Array, length: number): Uint8Array {
  try {
    return gunzipSync(bytes.subarray(0, 1024), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, length);
  } catch {
    return new Uint8Array(0);
  }
}

/**
 * Unpacks gzipped bytes, up to `limit`.
 * @param name path of the file, for errors
 * @param limit maximum number of unpacked bytes
 * @throws UserError if the bytes are not gzip, truncated, damaged, followed by others, or exceed the limit when unpacked
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
        hints: ['The file is corrupt; get it again.'],
        cause: error,
      },
    );
  }
}

function reasonOf(error: NodeJS.ErrnoException, length: number, limit: number): string {
  if (error.code === 'ERR_BUFFER_TOO_LARGE') return `it exceeds the expected ${thousands(limit)} bytes`;
  if (error.code === 'Z_BUF_ERROR') return `it is truncated after ${thousands(length)} bytes`;
  if (error.message === 'incorrect data check') return 'its checksum does not match';
  // The header of the file was valid, so this refers to data after its end.
  if (error.message === 'incorrect header check') return 'unexpected bytes follow its end';
  return `it is damaged (${error.message})`;
}

function hex(bytes: Uint8Array): string {
  return (
    Buffer.from(bytes)
      .toString('hex')
      .replace(/(..)(?=.)/g, '$1 ') || 'nothing'
  );
}
