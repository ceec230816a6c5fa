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
import type { ComputeSettings } from './compute';

/** Steps that are not recorded, while TensorFlow gets ready: the first ones trace, compile and choose kernels. */
const WARM_UP = 10;
/** Steps that are recorded. */
const RECORDED = 3;

/** Records some steps of a run, after others have warmed it up: the timeline of each, and which operations take the most time. */
export class Profiler {
  private steps: { readonly first: number; readonly last: number } | undefined;
  private stop: (() => Buffer[]) | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly folder: RunFolder,
    private readonly monitor: Monitor,
    private readonly tracking: Tracking,
  ) {}

  /** Starts recording where a step is one to be recorded: the 11th to 13th, or the last of a shorter run. */
  before(step: number, totalSteps: number): void {
    this.steps ??= stepsToRecord(step, totalSteps);
    if (step >= this.steps.first && step <= this.steps.last) this.stop = this.engine.record?.();
  }

  /** Writes down what was recorded, and shows it after the last of the steps. */
  after(step: number): void {
    // Messages of protobuf one after the other are one message, whose lists have the items of all: a step may take several calls.
    const record = Buffer.concat(this.stop?.() ?? []);
    this.stop = undefined;
    if (record.length === 0) return;
    this.write(step, operationRuns(record));
    this.tracking.record(step, record);
  }

  /** Writes `profile/STEP.trace.json` and `profile/STEP.txt`. */
  private write(step: number, runs: readonly OperationRun[]): void {
    const span = spanInMilliseconds(runs).toFixed(1);
    const text = [`Step ${step}: ${runs.length} operations in ${span} ms, some at once`, '', ...summary(runs)];
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
  const first = Math.max(step, Math.min(step + WARM_UP, totalSteps - RECORDED + 1));
  return { first, last: Math.min(totalSteps, first + RECORDED - 1) };
}

/** @throws UserError where the steps of an experiment are run in a way that cannot be recorded */
export function checkProfile({ compile }: Pick<ComputeSettings, 'compile'>): void {
  if (compile !== 'false') return;
  throw new UserError('--profile records what TensorFlow does in a graph, and with compile=false there is none.', {
    hints: ['Leave one of them out.'],
    exitCode: ExitCode.usage,
  });
}
