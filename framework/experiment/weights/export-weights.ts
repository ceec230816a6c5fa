import { DEFAULT_MODEL, averagePartOf, checkModelPart } from '../../checkpoint/model-parts';
import { writeWeights } from '../../checkpoint/weights-file';
import type { Monitor } from '../../monitor/monitor';
import { resolveOutputPath } from '../sampling/output-path';
import { openCheckpoint, type CheckpointRef } from './checkpoint-ref';

/** Options of an export. */
interface Request {
  /** File to write, which must not exist. */
  readonly out: string;
  /** Export the raw weights even if there is an average. */
  readonly raw?: boolean;
  /** Model of an experiment with several: `generator`. */
  readonly part?: string | undefined;
}

/** Result of an export. */
export interface ExportedWeights {
  /** Full path of the file. */
  readonly file: string;
  readonly step: number;
  /** True if the weights are an average. */
  readonly averaged: boolean;
  readonly arrays: number;
  /** Total number of values. */
  readonly parameters: number;
}

/**
 * Writes the weights of a run's checkpoint into a safetensors file, with PyTorch's names and layouts: their average if there is one, as
 * used for sampling. Needs no TensorFlow.
 * @throws UserError if there are no weights, or the file cannot be written
 */
export async function exportWeights(
  source: CheckpointRef,
  { out, raw = false, part = DEFAULT_MODEL }: Request,
  monitor: Monitor,
): Promise<ExportedWeights> {
  const file = resolveOutputPath(out);
  const average = averagePartOf(part);
  const parts = raw ? [part] : [average, part];
  const checkpoint = await openCheckpoint(source, monitor, parts);
  try {
    checkModelPart(part, checkpoint.parts);
    const averaged = !raw && checkpoint.has(average);
    const arrays = await checkpoint.read(averaged ? average : part);
    const { experiment, position } = checkpoint.manifest;
    const { step } = position;
    const weights = averaged ? 'average' : 'raw';
    await writeWeights(file, arrays, { experiment, run: source.run.id, step: String(step), weights });
    const parameters = arrays.reduce((count, { data }) => count + data.length, 0);
    return { file, step, averaged, arrays: arrays.length, parameters };
  } finally {
    await checkpoint.close();
  }
}
