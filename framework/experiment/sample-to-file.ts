import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Registry } from '../config/registry';
import { ExitCode, UserError } from '../errors';
import type { Monitor } from '../monitor/monitor';
import { findCheckpoint } from '../run/find-checkpoint';
import { givenSettings, readRecord } from '../run/run-record';
import { imageGrid } from '../tracker/image-grid';
import { drawingSettings, parseDrawing } from './drawing-settings';
import { drawImages } from './execute';

interface Request {
  readonly registry: Registry;
  readonly monitor: Monitor;
  /** The folder of all runs. */
  readonly runs: string;
  /** RUN or RUN@STEP. */
  readonly run: string;
  readonly count: number;
  readonly seed: number;
  /** The PNG file to write. */
  readonly out: string;
  /** Settings that the drawing has instead of the run's, as typed: `ema=0`. */
  readonly settings?: readonly string[];
}

/**
 * Draws images by a run's model into a PNG grid.
 * @returns the file's full path
 * @throws UserError where the request is wrong, before anything is drawn
 */
export async function sampleToFile(request: Request): Promise<string> {
  const { registry, monitor, runs, run, count, seed, out, settings = [] } = request;
  checkWhole('n', count, 1);
  checkWhole('seed', seed, 0);
  const others = parseDrawing(settings);
  const file = resolve(out);
  if (!existsSync(dirname(file))) throw new UserError(`--out ${out}: there is no folder ${dirname(file)}.`);
  const { run: folder, step } = await findCheckpoint(runs, run);
  const record = readRecord(folder);
  const overrides = drawingSettings(givenSettings(record), others);
  const ingredients = { registry, monitor, name: record.experiment, overrides };
  const { pixels, shape } = await drawImages(ingredients, folder, count, seed, step);
  await writeFile(file, (await imageGrid(pixels, shape)).png);
  return file;
}

function checkWhole(name: string, number: number, min: number): void {
  if (Number.isSafeInteger(number) && number >= min) return;
  throw new UserError(`--${name} ${number}: a whole number of at least ${min} is wanted.`, {
    exitCode: ExitCode.usage,
  });
}
