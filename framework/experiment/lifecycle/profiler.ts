import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ExitCode, UserError } from '../../errors';
import type { Monitor } from '../../monitor/monitor';
import type { RunFolder } from '../../run/run-folder';
import type { Engine } from '../../tensorflow/engine';
import { chromeTrace } from '../../tensorflow/profile/chrome-trace';
import { type OperationRun, operationRuns } from '../../tensorflow/profile/run-metadata';
import { spanInMilliseconds, summary } from '../../tensorflow/profile/summary';
import type { Tracking } from '../../tracker/tracking';
import { percent } from '../../util/format';
import type { ComputeSettings } from './compute';

/** Steps that are not recorded: the first ones trace, compile and choose kernels. */
const WARM_UP_STEPS = 10;
const RECORDED_STEPS = 3;

/** Records some steps of a run after a warm-up: the timeline of each, and the operations that take the most time. */
export class Profiler {
  private steps: { readonly first: number; readonly last: number } | undefined;
  private stop: (() => Buffer[]) | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly folder: RunFolder,
    private readonly monitor: Monitor,
    private readonly tracking: Tracking,
  ) {}

  /** Starts recording if the step is one of the 11th to 13th, or of the last three of a shorter run. */
  before(step: number, totalSteps: number): void {
    this.steps ??= stepsToRecord(step, totalSteps);
    if (step >= this.steps.first && step <= this.steps.last) this.stop = this.engine.record?.();
  }

  /**
   * Writes the recorded profile, and logs it after the last recorded step.
   * @param dataWait share of the time that steps have waited for data, if measured
   */
  after(step: number, dataWait?: number): void {
    // A step may take several calls. Concatenated protobuf messages parse as one message with merged lists.
    const record = Buffer.concat(this.stop?.() ?? []);
    this.stop = undefined;
    if (record.length === 0) return;
    this.write(step, operationRuns(record), dataWait);
    this.tracking.record(step, record);
  }

  /** Writes `profile/STEP.trace.json` and `profile/STEP.txt`. */
  private write(step: number, runs: readonly OperationRun[], dataWait?: number): void {
    const span = spanInMilliseconds(runs).toFixed(1);
    const text = [`Step ${step}: ${runs.length} operations in ${span} ms, some concurrent`, '', ...summary(runs)];
    if (dataWait !== undefined) text.push(`Steps waited for data ${percent(dataWait)} of the time.`);
    const timeline = join(this.folder.profile, `${step}.trace.json`);
    mkdirSync(this.folder.profile, { recursive: true });
    writeFileSync(timeline, JSON.stringify(chromeTrace(runs)));
    writeFileSync(join(this.folder.profile, `${step}.txt`), `${text.join('\n')}\n`);
    if (step !== this.steps?.last) return;
    for (const line of text) this.monitor.log(line);
    this.monitor.log(`Timeline, for ui.perfetto.dev or chrome://tracing: ${relative('', timeline)}`);
  }
}

function stepsToRecord(step: number, totalSteps: number): { first: number; last: number } {
  const first = Math.max(step, Math.min(step + WARM_UP_STEPS, totalSteps - RECORDED_STEPS + 1));
  return { first, last: Math.min(totalSteps, first + RECORDED_STEPS - 1) };
}

/** @throws UserError if the execution mode of steps cannot be recorded */
export function checkProfile({ compile }: Pick<ComputeSettings, 'compile'>): void {
  if (compile !== 'false') return;
  throw new UserError('--profile records the execution of a graph, but compile=false runs op by op.', {
    hints: ['Omit one of them.'],
    exitCode: ExitCode.usage,
  });
}
