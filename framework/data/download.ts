import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, UserError } from '../errors';
import { thousands } from '../util/format';
import { shellWord } from '../util/shell-word';
import { progressLines } from './download-progress';
import { type Timeouts, receive, Refusal } from './http';

/** A file to download, with its size and checksum. */
export interface RemoteFile {
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** In hexadecimal, lower case. */
  readonly sha256: string;
}

export interface DownloadOptions extends Partial<Timeouts> {
  /** Called after each chunk with the number of bytes received. By default, a line every 15 s on standard error. */
  readonly onProgress?: (received: number, file: RemoteFile) => void;
}

/**
 * Downloads a file from the first mirror that serves it completely. It is written under a temporary name in its folder and renamed once its
 * size and SHA-256 match, so that a file of the final name is always complete. Files left by a killed process (`*.part`) are
 * never used.
 * @param mirrors base URLs of the file, tried in order
 * @returns the file's path
 * @throws UserError listing the reason for each mirror if all fail; no partial file remains
 */
export async function download(
  file: RemoteFile,
  mirrors: readonly string[],
  folder: string,
  options: DownloadOptions = {},
): Promise<string> {
  const path = join(folder, file.name);
  const reasons: string[] = [];
  await makeFolder(folder);
  for (const mirror of mirrors) {
    try {
      await downloadFrom(addressOf(file, mirror), file, path, options);
      return path;
    } catch (error) {
      reasons.push(`${mirror} ${reasonOf(error)}.`);
    }
  }
  throw new UserError(`${file.name} could not be downloaded.`, {
    hints: [...reasons, manualInstructions(file, mirrors, path)],
  });
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new UserError(`Cannot create the folder ${folder}: ${messageOf(error)}`, { cause: error });
  }
}

function addressOf(file: RemoteFile, mirror: string): URL {
  if (!URL.canParse(mirror)) throw new Refusal('is not a valid URL');
  return new URL(file.name, mirror.endsWith('/') ? mirror : `${mirror}/`);
}

async function downloadFrom(address: URL, file: RemoteFile, path: string, options: DownloadOptions): Promise<void> {
  // Two runs that start together must not write to one file.
  const part = `${path}.${randomUUID().slice(0, 8)}.part`;
  try {
    await write(address, file, part, options);
    await rename(part, path);
  } finally {
    await rm(part, { force: true });
  }
}

async function write(
  address: URL,
  file: RemoteFile,
  part: string,
  { idleSeconds = 30, minBytesPerSecond = 1000, onProgress = progressLines() }: DownloadOptions,
): Promise<void> {
  const hash = createHash('sha256');
  const handle = await open(part, 'wx');
  let received = 0;
  try {
    for await (const chunk of receive(address, { idleSeconds, minBytesPerSecond })) {
      received += chunk.length;
      if (received > file.size) throw new Refusal(`sent more than the ${thousands(file.size)} bytes of the file`);
      hash.update(chunk);
      await handle.appendFile(chunk);
      onProgress(received, file);
    }
    if (received < file.size) throw new Refusal(`sent ${thousands(received)} of ${thousands(file.size)} bytes`);
    if (hash.digest('hex') !== file.sha256) throw new Refusal('sent a different file: SHA-256 mismatch');
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  const { cause } = error as Error;
  if (!(cause instanceof Error)) return `failed: ${messageOf(error)}`;
  // A failure to connect to several addresses has a code but no message.
  const { code = cause.name } = cause as NodeJS.ErrnoException;
  return `is unreachable, or the connection broke: ${cause.message === '' ? code : cause.message}`;
}

function manualInstructions(file: RemoteFile, mirrors: readonly string[], path: string): string {
  const address = mirrors.find((mirror) => URL.canParse(mirror));
  const command = address
    ? `curl --location --create-dirs --output ${shellWord(path)} ${shellWord(addressOf(file, address).href)}`
    : path;
  return `Manual download (${thousands(file.size)} bytes): ${command}`;
}
