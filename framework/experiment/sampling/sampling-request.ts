import type { Registry } from '../../config/resolve/registry';
import { ExitCode, UserError } from '../../errors';
import type { Monitor } from '../../monitor/monitor';
import { MAX_IMAGES } from '../../quality/sample-size';
import { findCheckpoint } from '../../run/find-checkpoint';
import { recordedOverrides, readRecord } from '../../run/run-record';
import { thousands } from '../../util/format';
import type { RunOptions } from '../assembly';
import type { CheckpointRef } from '../weights/checkpoint-ref';
import { samplingSettings, parseSamplingSettings } from './sampling-settings';

/** What is drawn by, and with which settings. */
export interface SamplingRequest {
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
export async function runOptionsFor(
  request: SamplingRequest,
): Promise<{ ingredients: RunOptions; source: CheckpointRef }> {
  const { registry, monitor, runs, run, seed, batch, settings = [] } = request;
  checkInteger('seed', seed, 0);
  if (batch !== undefined) checkInteger('batch', batch, 1);
  const others = parseSamplingSettings(settings);
  const source = await findCheckpoint(runs, run, (text) => monitor.log(text));
  const record = readRecord(source.run);
  const overrides = samplingSettings(recordedOverrides(record), others);
  return { ingredients: { registry, monitor, name: record.experiment, overrides }, source };
}

/** @throws UserError naming the option */
export function checkInteger(name: string, number: number, min: number, max = Number.MAX_SAFE_INTEGER): void {
  if (Number.isSafeInteger(number) && number >= min && number <= max) return;
  const limit = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${thousands(max)}`;
  throw new UserError(`--${name} ${number}: expected a whole number ${limit}.`, { exitCode: ExitCode.usage });
}

/**
 * Numbers of images, as typed: `3,5,7-9`.
 * @throws UserError where it is no such list
 */
export function parseIndexRanges(text: string): number[] {
  const ranges = text.split(',').map((part) => {
    const [, first, last = first] = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (from <= to && to < MAX_IMAGES) return { from, to };
    throw new UserError(`--images ${text}: "${part}" is no number of an image, nor from one to another.`, {
      hints: [`Write it like 3,5,7-9; images count from 0 to ${MAX_IMAGES - 1}.`],
      exitCode: ExitCode.usage,
    });
  });
  return ranges.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index));
}
