import type { Registry } from '../config/registry';
import { ExitCode, UserError } from '../errors';
import type { Monitor } from '../monitor/monitor';
import { thousands } from '../util/thousands';
import { findCheckpoint } from '../run/find-checkpoint';
import { givenSettings, readRecord } from '../run/run-record';
import type { Ingredients } from './assembly';
import { drawingSettings, parseDrawing } from './drawing-settings';
import type { Source } from './take-checkpoint';

/** What is drawn by, and with which settings. */
export interface DrawingRequest {
  readonly registry: Registry;
  readonly monitor: Monitor;
  /** The folder of all runs. */
  readonly runs: string;
  /** RUN or RUN@STEP. */
  readonly run: string;
  readonly seed: number;
  /** The file to write. */
  readonly out: string;
  /** Whether a file of that name is replaced. */
  readonly force?: boolean | undefined;
  /** How many images are drawn at once at most. */
  readonly batch?: number | undefined;
  /** Settings that the drawing has instead of the run's, as typed: `ema=0`. */
  readonly settings?: readonly string[] | undefined;
}

/**
 * The checkpoint that a request names, with the settings of the drawing.
 * @throws UserError where the request is wrong
 */
export async function ingredientsFor(request: DrawingRequest): Promise<{ ingredients: Ingredients; source: Source }> {
  const { registry, monitor, runs, run, seed, batch, settings = [] } = request;
  checkWhole('seed', seed, 0);
  if (batch !== undefined) checkWhole('batch', batch, 1);
  const others = parseDrawing(settings);
  const source = await findCheckpoint(runs, run, (text) => monitor.say(text));
  const record = readRecord(source.run);
  const overrides = drawingSettings(givenSettings(record), others);
  return { ingredients: { registry, monitor, name: record.experiment, overrides }, source };
}

/** @throws UserError naming the option */
export function checkWhole(name: string, number: number, min: number, max = Number.MAX_SAFE_INTEGER): void {
  if (Number.isSafeInteger(number) && number >= min && number <= max) return;
  const limit = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${thousands(max)}`;
  throw new UserError(`--${name} ${number}: expected a whole number ${limit}.`, { exitCode: ExitCode.usage });
}
