import { optional, value } from '../config/declare/declare';
import { type Goal, type Goals, goalOf } from '../kinds/metric';

/** Schedule of checkpoints, and which of them are kept: the most recent ones, and those selected by `keepEvery` or `best`. */
export class CheckpointSettings {
  /** Steps between checkpoints; by default one after each epoch. */
  everySteps = optional('number', { integer: true, min: 1, unit: 'steps', role: 'meta', dynamic: true });
  /** Number of most recent checkpoints to keep. */
  keep = value(3, { integer: true, min: 1, role: 'meta', dynamic: true });
  /** Permanently keep checkpoints at multiples of this step. */
  keepEvery = optional('number', { integer: true, min: 1, unit: 'steps', role: 'meta', dynamic: true });
  /** Metric whose best checkpoint is also kept, e.g. `loss` or `valid/accuracy`. */
  best = optional('string', { role: 'meta', dynamic: true });
  /** Goal for `best`: a low (min) or high (max) value; the metric's own goal if not set. */
  goal = optional('string', { choices: ['min', 'max'], role: 'meta', dynamic: true });
}

/** Settings that select the checkpoints to keep. */
export type Retention = Pick<CheckpointSettings, 'keep' | 'keepEvery' | 'best' | 'goal'>;

/** A saved checkpoint. */
export interface Saved {
  readonly step: number;
  /** Last value of each metric when it was saved. */
  readonly metrics: Readonly<Record<string, number>>;
  /** True if it was saved only because the run was stopped. */
  readonly isInterim?: boolean | undefined;
}

/**
 * Steps of the checkpoints that can be removed, never including the latest. Interim checkpoints expire as soon as there is a later one,
 * and do not count as kept.
 * @param saved oldest first
 * @param goals declared goals of metrics, used if `goal` is not set
 */
export function expired(
  saved: readonly Saved[],
  { keep, keepEvery, best, goal }: Retention,
  goals: Goals = {},
): number[] {
  // The best is unknown before any has the metric. A declared metric will appear; any other name may be misspelt.
  if (best !== undefined && !Object.hasOwn(goals, best) && !saved.some((each) => hasMetric(each, best))) return [];
  const bestStep =
    best === undefined ? undefined : bestOf(saved, best, (goal as Goal | undefined) ?? goalOf(best, goals))?.step;
  const isKept = (step: number): boolean => step === bestStep || (keepEvery !== undefined && step % keepEvery === 0);
  const regular = saved.filter(({ isInterim = false }) => !isInterim);
  const recent = [...regular.slice(-keep), ...saved.slice(-1)].map(({ step }) => step);
  return saved.flatMap(({ step }) => (recent.includes(step) || isKept(step) ? [] : [step]));
}

/**
 * The best checkpoint by a metric; undefined if none has the metric. The earliest if equal: one that was saved between two evaluations has
 * the value of the checkpoint that was evaluated before it.
 */
export function bestOf(saved: readonly Saved[], metric: string, goal: Goal): Saved | undefined {
  const sign = goal === 'max' ? 1 : -1;
  const score = ({ metrics }: Saved): number => sign * (metrics[metric] ?? NaN);
  const candidates = saved.filter((each) => each.isInterim !== true && !Number.isNaN(score(each)));
  return candidates.toSorted((a, b) => score(b) - score(a) || a.step - b.step)[0];
}

export function hasMetric({ metrics }: Pick<Saved, 'metrics'>, metric: string): boolean {
  return Object.hasOwn(metrics, metric);
}
