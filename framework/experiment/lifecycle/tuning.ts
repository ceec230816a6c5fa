import { statSync } from 'node:fs';
import * as v from 'valibot';
import type { Schema } from '../../util/json-file';
import { textOf } from '../../config/describe/format-value';
import type { DynamicSettings } from '../../config/resolve/dynamic-settings';
import { type Override, formatOverride } from '../../config/parse/override';
import { UserError, messageOf } from '../../errors';
import { appendJSONLine, readJSONLines, readRecords } from '../../util/json-lines';
import type { RunFolder } from '../../run/run-folder';

/** A line of tune.jsonl: settings that somebody asks for, as on the command line. */
export interface Tune {
  readonly time: string;
  readonly set: readonly string[];
}

/** A line of tuned.jsonl: settings that took effect. */
interface Tuned extends Tune {
  /** The first update that had them. */
  readonly step: number;
  /** The line of tune.jsonl that asked for them, from 1. */
  readonly request: number;
}

const TUNED: Schema<Tuned> = v.looseObject({
  time: v.string(),
  set: v.array(v.string()),
  step: v.number(),
  request: v.number(),
});

/**
 * Changes dynamic settings while a run goes on. Whoever wants a change appends it to tune.jsonl; the run looks whether that file has
 * grown before each update, and writes what takes effect to tuned.jsonl, with its step, before the update is made. So the settings of an
 * update are a function of tuned.jsonl and the update's number, and a resumed run has them again.
 */
export class Tuning {
  private readonly tuned: Tuned[];
  /** How many of tune.jsonl's lines have been looked at. */
  private taken: number;
  /** The size of tune.jsonl at the last look, in bytes. */
  private size = 0;
  /** How many lines of tuned.jsonl the settings follow now. */
  private active = 0;

  /** @param say tells of changes */
  constructor(
    private readonly folder: RunFolder,
    private readonly dynamic: DynamicSettings,
    private readonly say: (text: string) => void,
  ) {
    this.tuned = readRecords(folder.tuned, TUNED);
    this.taken = Math.max(0, ...this.tuned.map(({ request }) => request));
  }

  /**
   * Makes settings that were named when the run was resumed, or begun with a checkpoint, count more than those that were tuned before.
   * @param step the last update that was done before
   */
  supersede(step: number, named: readonly Override[]): void {
    const wasTuned = (key: string) => this.tuned.some(({ set }) => set.some((word) => word.startsWith(`${key}=`)));
    const set = named.filter(({ key }) => this.dynamic.keys.includes(key) && wasTuned(key)).map(formatOverride);
    if (set.length > 0) this.note({ step: step + 1, time: new Date().toISOString(), request: this.taken, set });
  }

  /** Gives the settings the values that they have at an update. @param step the number of the update, from 1 */
  before(step: number): void {
    this.takeRequests(step);
    const active = this.tuned.filter((tuned) => tuned.step <= step);
    if (active.length === this.active) return;
    this.active = active.length;
    // Of two changes of a setting the one that was asked for later counts, also where a resumed run has yet to come to the other's step.
    const values = this.dynamic.check(active.flatMap(({ set }) => set));
    for (const { key, from, to } of this.dynamic.assign(values)) {
      const since = active.findLast(({ set }) => set.some((word) => word.startsWith(`${key}=`)))?.step ?? step;
      this.say(`${key}: ${textOf(from)} → ${textOf(to)} from step ${since} on`);
    }
  }

  /** Takes what was asked for since the last look. */
  private takeRequests(step: number): void {
    const size = statSync(this.folder.tune, { throwIfNoEntry: false })?.size ?? 0;
    if (size === this.size) return;
    this.size = size;
    const lines = readJSONLines(this.folder.tune);
    for (; this.taken < lines.length; this.taken++) this.take(lines[this.taken], this.taken + 1, step);
  }

  private take(line: unknown, request: number, step: number): void {
    try {
      const { set } = wellFormed(line);
      this.dynamic.check(set);
      this.note({ step, time: new Date().toISOString(), request, set });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.say(`${this.folder.tune}, line ${request}, is passed over: ${messageOf(error)}`);
    }
  }

  private note(tuned: Tuned): void {
    appendJSONLine(this.folder.tuned, tuned);
    this.tuned.push(tuned);
  }
}

/**
 * Gives a new run the changes of another that took effect, at the same steps. What was only asked for never was a part of that run.
 * @param step the last whose changes count: that of a checkpoint that the run begins with
 */
export function inheritTuning(from: RunFolder, to: RunFolder, step: number): void {
  const lines = readRecords(from.tuned, TUNED);
  // Nothing has been asked of the new run yet.
  for (const line of lines.filter((tuned) => tuned.step <= step)) appendJSONLine(to.tuned, { ...line, request: 0 });
}

/** Says which changes were asked of a run and never took effect. */
export function pendingTunes({ tune, tuned }: RunFolder): string[] {
  const taken = Math.max(0, ...readRecords(tuned, TUNED).map(({ request }) => request));
  const pending = readJSONLines(tune).slice(taken) as Partial<Tune | undefined>[];
  return pending.map(
    (line) => `${line?.set?.join(' ') ?? 'A change'} was asked for and never took effect: it is left out.`,
  );
}

function wellFormed(line: unknown): Tune {
  const { set } = (line ?? {}) as Partial<Tune>;
  if (Array.isArray(set) && set.every((word) => typeof word === 'string')) return line as Tune;
  throw new UserError('it is not of the form {"time": "...", "set": ["learningRate=1e-5"]}');
}
