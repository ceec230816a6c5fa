import type { Override } from '../../config/parse/override';
import type { Registry } from '../../config/resolve/registry';
import { ExitCode, UserError } from '../../errors';
import type { Monitor } from '../../monitor/monitor';
import { MAX_SAMPLES } from './samples';
import { findCheckpoint } from '../../run/find-checkpoint';
import { recordedOverrides, readRecord } from '../../run/run-record';
import { thousands } from '../../util/format';
import type { RunOptions } from '../run-container';
import type { CheckpointRef } from '../weights/checkpoint-ref';
import { samplingSettings, parseSamplingSettings } from './sampling-settings';

/** Options shared by the sampling commands. */
export interface SamplingRequest {
  readonly registry: Registry;
  readonly monitor: Monitor;
  /** Folder of all runs. */
  readonly runs: string;
  /** RUN or RUN@STEP. */
  readonly run: string;
  readonly seed: number;
  /** Maximum number of samples generated at once. */
  readonly batch?: number | undefined;
  /** Settings that override the run's for sampling, as typed, `ema=0`, or parsed. */
  readonly settings?: readonly (string | Override)[] | undefined;
}

/** Request of a command that writes a file. */
export interface FileRequest extends SamplingRequest {
  /** File to write. */
  readonly out: string;
  /** Replace an existing file. */
  readonly force?: boolean | undefined;
}

/**
 * Finds the checkpoint of a request, and the run options with the settings for sampling.
 * @throws UserError if the request is invalid
 */
export async function runOptionsFor(
  request: SamplingRequest,
): Promise<{ runOptions: RunOptions; source: CheckpointRef }> {
  const { registry, monitor, runs, run, seed, batch, settings = [] } = request;
  checkInteger('seed', seed, 0);
  if (batch !== undefined) checkInteger('batch', batch, 1);
  const source = await findCheckpoint(runs, run, (text) => monitor.log(text));
  const record = readRecord(source.run);
  const own = recordedOverrides(record);
  const changes = parseSamplingSettings(settings, { registry, experiment: record.experiment, own });
  const overrides = samplingSettings(own, changes);
  return { runOptions: { registry, monitor, name: record.experiment, overrides }, source };
}

/** @throws UserError naming the option */
export function checkInteger(name: string, number: number, min: number, max = Number.MAX_SAFE_INTEGER): void {
  if (Number.isSafeInteger(number) && number >= min && number <= max) return;
  const limit = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${thousands(max)}`;
  const option = `${name.length === 1 ? '-' : '--'}${name}`;
  throw new UserError(`${option} ${number}: expected an integer ${limit}.`, { exitCode: ExitCode.usage });
}

/**
 * Parses indices of samples, as typed: `3,5,7-9`.
 * @throws UserError if it is not a list of indices and ranges
 */
export function parseIndexRanges(text: string): number[] {
  const ranges = text.split(',').map((part) => {
    const [, first, last = first] = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (from <= to && to < MAX_SAMPLES) return { from, to };
    throw new UserError(`--indices ${text}: expected an index or a range of indices, got "${part}".`, {
      hints: [`For example: --indices 3,5,7-9 (indices from 0 to ${MAX_SAMPLES - 1}).`],
      exitCode: ExitCode.usage,
    });
  });
  return ranges.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index));
}
