import type { Registry } from '../config/registry';
import { ExitCode, UserError } from '../errors';
import type { Monitor } from '../monitor/monitor';
import { findRun } from '../run/find-run';
import type { RunFolder } from '../run/run-folder';
import { givenSettings, readRecord } from '../run/run-record';
import type { Ingredients } from './assembly';
import { drawingSettings, parseDrawing } from './drawing-settings';

/** What is drawn by, and with which settings. */
export interface DrawingRequest {
  readonly registry: Registry;
  readonly monitor: Monitor;
  /** The folder of all runs. */
  readonly runs: string;
  readonly run: string;
  readonly seed: number;
  /** The file to write. */
  readonly out: string;
  /** How many images are drawn at once at most. */
  readonly batch?: number | undefined;
  /** Settings that the drawing has instead of the run's, as typed: `ema=0`. */
  readonly settings?: readonly string[] | undefined;
}

/**
 * The run that a request names, with the settings of the drawing.
 * @throws UserError where the request is wrong
 */
export function ingredientsFor(request: DrawingRequest): { ingredients: Ingredients; folder: RunFolder } {
  const { registry, monitor, runs, run, seed, batch, settings = [] } = request;
  checkWhole('seed', seed, 0);
  if (batch !== undefined) checkWhole('batch', batch, 1);
  const others = parseDrawing(settings);
  const folder = findRun(runs, run);
  const record = readRecord(folder);
  const overrides = drawingSettings(givenSettings(record), others);
  return { ingredients: { registry, monitor, name: record.experiment, overrides }, folder };
}

/** @throws UserError naming the option */
export function checkWhole(name: string, number: number, min: number): void {
  if (Number.isSafeInteger(number) && number >= min) return;
  throw new UserError(`--${name} ${number}: a whole number of at least ${min} is wanted.`, {
    exitCode: ExitCode.usage,
  });
}
