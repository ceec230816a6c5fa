import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Position } from '../../checkpoint/manifest';
import { encodeSafetensors } from '../../checkpoint/safetensors';
import { messageOf } from '../../errors';
import type { RunFolder } from '../../run/run-folder';
import type * as tf from '../../tensorflow/tf';
import { writeJSON } from '../../util/json-file';
import type { Divergence } from './divergence';
import type { TensorRecord } from './tensor-record';

/** An experiment's description of a batch at which training diverged: files by name, and fields of the report. */
export interface BatchReport {
  readonly files?: Readonly<Record<string, Buffer>>;
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** Inputs of a failed step. */
interface Failed {
  /** Input tensors of the step; borrowed. */
  readonly inputs: TensorRecord;
  /** Position before the step. */
  readonly position: Position;
  readonly describe: () => Promise<BatchReport>;
}

/**
 * Saves a batch that training has diverged at in `failures/STEP/`: its tensors, the experiment's files, and a report.
 * @returns a description of its location. Never throws, so that the original error is reported.
 */
export async function dumpFailedBatch(
  folder: RunFolder,
  { update, notFinite }: Divergence,
  { inputs, position, describe }: Failed,
): Promise<string> {
  const path = join(folder.failures, String(update.step));
  try {
    await mkdir(path, { recursive: true });
    const arrays = await Promise.all(Object.entries(inputs).map(arrayOf));
    await writeFile(join(path, 'batch.safetensors'), encodeSafetensors(arrays));
    const { files = {}, fields = {} } = await describe();
    // JSON has no NaN and no Infinity.
    const report = { ...update, ...notFinite, loss: String(notFinite.loss), position, ...fields };
    writeJSON(join(path, 'report.json'), report);
    for (const [name, content] of Object.entries(files)) await writeFile(join(path, name), content);
    return `The batch was saved in ${path}.`;
  } catch (error) {
    return `The batch could not be saved: ${messageOf(error)}`;
  }
}

/** @param name of the input, or its index */
async function arrayOf([name, tensor]: [string, tf.Tensor]) {
  const unique = /^\d+$/.test(name) ? `input.${name}` : name;
  return { name: unique, shape: tensor.shape, data: Float32Array.from(await tensor.data()) };
}
