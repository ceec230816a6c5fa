import { statSync } from 'node:fs';
import * as v from 'valibot';
import type { Schema } from '../../util/json-file';
import { textOf } from '../../config/describe/format-value';
import type { DynamicSettings } from '../../config/resolve/dynamic-settings';
import { type Override, formatOverride } from '../../config/parse/override';
import { UserError, messageOf } from '../../errors';
import { appendJSONLine, readJSONLines, readRecords } from '../../util/json-lines';
import type { RunFolder } from '../../run/run-folder';

/** A line of tune.jsonl: requested settings, as on the command line. */
export interface Tune {
  readonly time: string;
  readonly set: readonly string[];
}

/** A line of tuned.jsonl: applied settings. */
interface Tuned extends Tune {
  /** First step with the settings. */
  readonly step: number;
  /** Line of tune.jsonl with the request, from 1. */
  readonly request: number;
}

const TUNED: Schema<Tuned> = v.looseObject({
  time: v.string(),
  set: v.array(v.string()),
  step: v.number(),
  request: v.number(),
});

/**
 * Changes dynamic settings of an active run. A change is requested by appending it to tune.jsonl. Before each step, the run checks that
 * file for new lines, and appends the applied settings with the step to tuned.jsonl. So the settings of a step are a function of
 * tuned.jsonl and the step, and a resumed run reproduces them.
 */
export class Tuning {
  private readonly tuned: Tuned[];
  /** Number of processed lines of tune.jsonl. */
  private processed: number;
  /** Last known size of tune.jsonl in bytes. */
  private size = 0;
  /** Number of lines of tuned.jsonl that are in effect. */
  private active = 0;

  /** @param log receives the applied changes */
  constructor(
    private readonly folder: RunFolder,
    private readonly dynamic: DynamicSettings,
    private readonly log: (text: string) => void,
  ) {
    this.tuned = readRecords(folder.tuned, TUNED);
    this.processed = Math.max(0, ...this.tuned.map(({ request }) => request));
  }

  /**
   * Gives settings that were named when the run was resumed, or started from a checkpoint, precedence over earlier tuning.
   * @param step last completed step
   */
  supersede(step: number, named: readonly Override[]): void {
    const wasTuned = (key: string) => this.tuned.some(({ set }) => set.some((text) => text.startsWith(`${key}=`)));
    const set = named.filter(({ key }) => this.dynamic.keys.includes(key) && wasTuned(key)).map(formatOverride);
    if (set.length > 0) this.append({ step: step + 1, time: new Date().toISOString(), request: this.processed, set });
  }

  /** Assigns the values of the settings at a step. @param step from 1 */
  before(step: number): void {
    this.processRequests(step);
    const active = this.tuned.filter((tuned) => tuned.step <= step);
    if (active.length === this.active) return;
    this.active = active.length;
    // The later request wins, even if a resumed run has not yet reached the step of the earlier one.
    const values = this.dynamic.check(active.flatMap(({ set }) => set));
    for (const { key, from, to } of this.dynamic.assign(values)) {
      const since = active.findLast(({ set }) => set.some((text) => text.startsWith(`${key}=`)))?.step ?? step;
      this.log(`${key}: ${textOf(from)} → ${textOf(to)} from step ${since} on`);
    }
  }

  /** Processes the new lines of tune.jsonl. */
  private processRequests(step: number): void {
    const size = statSync(this.folder.tune, { throwIfNoEntry: false })?.size ?? 0;
    if (size === this.size) return;
    this.size = size;
    const lines = readJSONLines(this.folder.tune);
    for (; this.processed < lines.length; this.processed++)
      this.process(lines[this.processed], this.processed + 1, step);
  }

  private process(line: unknown, request: number, step: number): void {
    try {
      const { set } = parseTune(line);
      this.dynamic.check(set);
      this.append({ step, time: new Date().toISOString(), request, set });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.log(`Skipping ${this.folder.tune}, line ${request}: ${messageOf(error)}`);
    }
  }

  private append(tuned: Tuned): void {
    appendJSONLine(this.folder.tuned, tuned);
    this.tuned.push(tuned);
  }
}

/**
 * Copies the applied changes of a run to a new run, at the same steps. Pending requests are not copied.
 * @param step last step to copy: that of the checkpoint that the new run starts from
 */
export function inheritTuning(from: RunFolder, to: RunFolder, step: number): void {
  const lines = readRecords(from.tuned, TUNED);
  // The new run has no requests yet.
  for (const line of lines.filter((tuned) => tuned.step <= step)) appendJSONLine(to.tuned, { ...line, request: 0 });
}

/** Describes the requested changes of a run that never took effect. */
export function pendingTunes({ tune, tuned }: RunFolder): string[] {
  const processed = Math.max(0, ...readRecords(tuned, TUNED).map(({ request }) => request));
  const pending = readJSONLines(tune).slice(processed) as Partial<Tune | undefined>[];
  return pending.map(
    (line) => `${line?.set?.join(' ') ?? 'A change'} was requested but never took effect: it is not repeated.`,
  );
}

function parseTune(line: unknown): Tune {
  const { set } = (line ?? {}) as Partial<Tune>;
  if (Array.isArray(set) && set.every((text) => typeof text === 'string')) return line as Tune;
  throw new UserError('expected {"time": "...", "set": ["learningRate=1e-5"]}');
}
