import { writeWeights } from '../../checkpoint/weights-file';
import type { Monitor } from '../../monitor/monitor';
import { resolveOutputPath } from '../sampling/output-path';
import { openCheckpoint, type CheckpointRef } from './checkpoint-ref';

/** What is to be exported, and where to. */
interface Request {
  /** The file to write, which must not be there. */
  readonly out: string;
  /** The weights themselves, where there is an average of them too. */
  readonly raw?: boolean;
}

/** What was exported. */
export interface ExportedWeights {
  /** The full path of the file. */
  readonly file: string;
  readonly step: number;
  /** Whether they are an average of weights. */
  readonly averaged: boolean;
  readonly arrays: number;
  /** How many numbers they are in all. */
  readonly parameters: number;
}

/**
 * Writes the weights of a run's checkpoint into a safetensors file, under PyTorch's names and in its layouts: their average, where there
 * is one, as images are drawn by it. Nothing is computed.
 * @throws UserError where there are none, or no place for the file
 */
export async function exportWeights(
  source: CheckpointRef,
  { out, raw = false }: Request,
  monitor: Monitor,
): Promise<ExportedWeights> {
  const file = resolveOutputPath(out);
  const parts = raw ? ['model'] : ['ema', 'model'];
  const checkpoint = await openCheckpoint(source, monitor, parts);
  try {
    const averaged = !raw && checkpoint.has('ema');
    const arrays = await checkpoint.read(averaged ? 'ema' : 'model');
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
