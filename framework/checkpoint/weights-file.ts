import { createHash } from 'node:crypto';
import { readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError, messageOf } from '../errors';
import { checkRegularFile } from '../util/regular-file';
import { isBatchCount } from './batch-counts';
import { syncFolder, writeAll, writeDurably } from './durable';
import { type NamedArray, decodeSafetensors, encodeSafetensors } from './safetensors';
import { temporaryPath } from '../util/temporary-path';

/** Weights of a file. */
export interface Weights {
  readonly arrays: readonly NamedArray[];
  /** Checksum of the file. */
  readonly sha256: string;
}

/** First bytes of files written by torch.save: a zip archive, or a pickle before PyTorch 1.6. */
const TORCH_SAVE_SIGNATURES = [Buffer.from('PK\x03\x04', 'latin1'), Buffer.from('\x80\x02', 'latin1')];

/**
 * Reads a safetensors file of weights, without the counts of batches that PyTorch's BatchNorm keeps.
 * @throws UserError if it cannot be read, is not a valid safetensors file, or holds numbers that are not finite
 */
export async function readWeights(file: string): Promise<Weights> {
  const bytes = await readBytes(file);
  if (TORCH_SAVE_SIGNATURES.some((start) => bytes.subarray(0, start.length).equals(start))) throw torchSaveError(file);
  const arrays = decodeSafetensors(bytes, file).filter(({ name }) => !isBatchCount(name));
  checkFinite(arrays, file);
  return { arrays, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/**
 * Atomically writes weights into a new safetensors file.
 * @param metadata texts that describe their origin
 */
export async function writeWeights(
  file: string,
  arrays: readonly NamedArray[],
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  const temporary = temporaryPath(file);
  try {
    await writeDurably(temporary, async (handle) => {
      for (const chunk of encodeSafetensors(arrays, { format: 'pt', ...metadata })) await writeAll(handle, chunk);
    });
    await rename(temporary, file);
    await syncFolder(dirname(file));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Limit of Node's readFile. */
const MAX_BYTES = 2 ** 31 - 1;

async function readBytes(file: string): Promise<Buffer> {
  try {
    await checkRegularFile(file, MAX_BYTES);
    return await readFile(file);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${file} cannot be read: ${messageOf(error)}`);
  }
}

function torchSaveError(file: string): UserError {
  const convert = `safetensors.torch.save_file(torch.load('${file}', weights_only=True), 'model.safetensors')`;
  return new UserError(`${file} was written by torch.save, which only Python can read; expected a safetensors file.`, {
    hints: [`Convert it in Python, if it holds a state_dict: ${convert}`],
  });
}

function checkFinite(arrays: readonly NamedArray[], file: string): void {
  const broken = arrays.filter(({ data }) => !data.every(Number.isFinite)).map(({ name }) => name);
  if (broken.length === 0) return;
  throw new UserError(`${file} holds weights that are infinite or NaN.`, { hints: broken });
}
