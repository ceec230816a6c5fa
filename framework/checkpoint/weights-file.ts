import { createHash } from 'node:crypto';
import { readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError, messageOf } from '../errors';
import { checkRegularFile } from '../util/regular-file';
import { syncFolder, writeAll, writeDurably } from './durable';
import { type NamedArray, decodeSafetensors, encodeSafetensors } from './safetensors';
import { asideOf } from '../util/aside';

/** Weights that a file holds. */
export interface Weights {
  readonly arrays: readonly NamedArray[];
  /** The file's checksum. */
  readonly sha256: string;
}

/** How files begin that torch.save writes: a zip archive, and before PyTorch 1.6 a pickle. */
const TORCH_SAVED = [Buffer.from('PK\x03\x04', 'latin1'), Buffer.from('\x80\x02', 'latin1')];

/**
 * Reads a safetensors file of weights.
 * @throws UserError where it cannot be read, is torn or no such file, or holds numbers that are not finite
 */
export async function readWeights(file: string): Promise<Weights> {
  const bytes = await readBytes(file);
  if (TORCH_SAVED.some((start) => bytes.subarray(0, start.length).equals(start))) throw torchSaved(file);
  const arrays = decodeSafetensors(bytes, file);
  checkFinite(arrays, file);
  return { arrays, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/**
 * Writes weights into a new safetensors file, which is there whole or not at all.
 * @param metadata texts that say where they come from
 */
export async function writeWeights(
  file: string,
  arrays: readonly NamedArray[],
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  const aside = asideOf(file);
  try {
    await writeDurably(aside, async (made) => {
      for (const piece of encodeSafetensors(arrays, { format: 'pt', ...metadata })) await writeAll(made, piece);
    });
    await rename(aside, file);
    await syncFolder(dirname(file));
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}

/** What Node reads into one piece of memory. */
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

function torchSaved(file: string): UserError {
  const convert = `safetensors.torch.save_file(torch.load('${file}', weights_only=True), 'model.safetensors')`;
  return new UserError(`${file} is a file of torch.save, which only Python can read; safetensors is wanted.`, {
    hints: [`In Python, where it holds a state_dict: ${convert}`],
  });
}

function checkFinite(arrays: readonly NamedArray[], file: string): void {
  const broken = arrays.filter(({ data }) => !data.every(Number.isFinite)).map(({ name }) => name);
  if (broken.length === 0) return;
  throw new UserError(`${file} holds weights that are infinite or no numbers.`, { hints: broken });
}
