import { Checkpoints } from '../checkpoint/checkpoints';
import { writeWeights } from '../checkpoint/weights-file';
import { ExitCode, UserError } from '../errors';
import type { RunFolder } from '../run/run-folder';
import { readRecord } from '../run/run-record';
import { EagerEngine } from '../tensorflow/eager-engine';
import { placeFor } from './place-for';

/** What is to be exported, and where to. */
interface Request {
  /** The file to write, which must not be there. */
  readonly out: string;
  /** The weights themselves, where there is an average of them too. */
  readonly raw?: boolean;
  /** The step of the checkpoint; the newest where it is left out. */
  readonly step?: number | undefined;
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
  folder: RunFolder,
  { out, raw = false, step: wanted }: Request,
): Promise<ExportedWeights> {
  const file = placeFor(out);
  const checkpoints = new Checkpoints(folder.checkpoints, new EagerEngine());
  const step = stepOf(folder, checkpoints.list(), wanted);
  const averaged = !raw && checkpoints.has('ema', step);
  if (!averaged && !checkpoints.has('model', step)) throw new UserError(`${folder.id} has no model.`);
  const arrays = await checkpoints.read(averaged ? 'ema' : 'model', step);
  const { experiment, id: run } = readRecord(folder);
  const weights = averaged ? 'average' : 'raw';
  await writeWeights(file, arrays, { experiment, run, step: String(step), weights });
  const parameters = arrays.reduce((count, { data }) => count + data.length, 0);
  return { file, step, averaged, arrays: arrays.length, parameters };
}

function stepOf({ id }: RunFolder, steps: readonly number[], wanted = steps.at(-1)): number {
  if (wanted === undefined) throw new UserError(`${id} has no checkpoint yet.`);
  if (steps.includes(wanted)) return wanted;
  throw new UserError(`--checkpoint ${wanted}: ${id} has no such checkpoint.`, {
    hints: [steps.length === 0 ? 'It has none yet.' : `It has those of steps ${steps.join(', ')}.`],
    exitCode: ExitCode.usage,
  });
}
