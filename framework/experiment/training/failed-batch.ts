import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeJSON } from '../../util/json-file';
import type { Position } from '../../checkpoint/manifest';
import { encodeSafetensors } from '../../checkpoint/safetensors';
import { messageOf } from '../../errors';
import type { ImageBatch, ImageShape } from '../../kinds/image-dataset';
import type { RunFolder } from '../../run/run-folder';
import type * as tf from '../../tensorflow/tf';
import { imageGrid } from '../../tracker/image-grid';
import type { Divergence } from './divergence';

/** Inputs of a failed step. */
interface Failed {
  readonly batch: ImageBatch;
  /** Shape of each image. */
  readonly shape: ImageShape;
  /** Input tensors of the step; borrowed. */
  readonly inputs: readonly tf.Tensor[];
  /** Position before the step. */
  readonly position: Position;
}

/**
 * Saves a batch that training has diverged at in `failures/STEP/`: its tensors, its images, and a report.
 * @returns a description of its location. Never throws, so that the original error is reported.
 */
export async function dumpFailedBatch(
  folder: RunFolder,
  { update, notFinite }: Divergence,
  failed: Failed,
): Promise<string> {
  const { batch, shape, inputs, position } = failed;
  const path = join(folder.failures, String(update.step));
  try {
    await mkdir(path, { recursive: true });
    const arrays = await Promise.all(inputs.map(arrayOf));
    await writeFile(join(path, 'batch.safetensors'), encodeSafetensors(arrays));
    const labels = batch.labels && { labels: [...batch.labels] };
    // JSON has no NaN and no Infinity.
    writeJSON(join(path, 'report.json'), {
      ...update,
      ...notFinite,
      loss: String(notFinite.loss),
      position,
      ...labels,
    });
    await writeFile(join(path, 'batch.png'), (await imageGrid(batch.pixels, shape)).png);
    return `The batch was saved in ${path}.`;
  } catch (error) {
    return `The batch could not be saved: ${messageOf(error)}`;
  }
}

async function arrayOf(tensor: tf.Tensor, index: number) {
  return { name: `input.${index}`, shape: tensor.shape, data: Float32Array.from(await tensor.data()) };
}
