import { optional, value } from '../config/declare/declare';
import { type Goal, type Goals, goalOf } from '../kinds/metric';

/** When checkpoints are saved, and which are kept: the newest, and older ones that `keepEvery` or `best` asks for. */
export class CheckpointSettings {
  /** Steps between two checkpoints; without it one is saved after each epoch. */
  everySteps = optional('number', { integer: true, min: 1, unit: 'steps', role: 'meta', dynamic: true });
  /** How many checkpoints are kept, the newest. */
  keep = value(3, { integer: true, min: 1, role: 'meta', dynamic: true });
  /** Those whose step is a multiple of this are kept for good. */
  keepEvery = optional('number', { integer: true, min: 1, unit: 'steps', role: 'meta', dynamic: true });
  /** The one that is best by this metric is kept, too: `loss`, `valid/accuracy`. */
  best = optional('string', { role: 'meta', dynamic: true });
  /** Whether a small or a large value of that metric is better; left out, the metric's own goal. */
  goal = optional('string', { choices: ['min', 'max'], role: 'meta', dynamic: true });
}

/** Which checkpoints are kept. */
export type Retention = Pick<CheckpointSettings, 'keep' | 'keepEvery' | 'best' | 'goal'>;

/** A checkpoint that is there. */
export interface Saved {
  readonly step: number;
  /** The last value of each metric when it was saved. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Whether it was saved only because the run was stopped there. */
  readonly isInterim?: boolean | undefined;
}

/**
 * The steps of the checkpoints that need be kept no longer. The newest is never one of them. Those that were saved because the run was stopped
 * go when a later one is there, and take no other's place.
 * @param saved the oldest first
 * @param goals declared for metrics, for where the goal is left out
 */
export function expired(
  saved: readonly Saved[],
  { keep, keepEvery, best, goal }: Retention,
  goals: Goals = {},
): number[] {
  // Which is the best cannot be told before any has the metric. A declared one comes yet; another name may be misspelt.
  if (best !== undefined && !Object.hasOwn(goals, best) && !saved.some((each) => hasMetric(each, best))) return [];
  const bestStep =
    best === undefined ? undefined : bestOf(saved, best, (goal as Goal | undefined) ?? goalOf(best, goals))?.step;
  const isKept = (step: number): boolean => step === bestStep || (keepEvery !== undefined && step % keepEvery === 0);
  const regular = saved.filter(({ isInterim = false }) => !isInterim);
  const wanted = [...regular.slice(-keep), ...saved.slice(-1)].map(({ step }) => step);
  return saved.flatMap(({ step }) => (wanted.includes(step) || isKept(step) ? [] : [step]));
}

/** The best by a metric, of equal ones the newest; nothing if none was measured by it. */
export function bestOf(saved: readonly Saved[], metric: string, goal: Goal): Saved | undefined {
  const sign = goal === 'max' ? 1 : -1;
  const score = ({ metrics }: Saved): number => sign * (metrics[metric] ?? NaN);
  const having = saved.filter((each) => each.isInterim !== true && !Number.isNaN(score(each)));
  return having.toSorted((a, b) => score(a) - score(b) || a.step - b.step).at(-1);
}

export function hasMetric({ metrics }: Pick<Saved, 'metrics'>, metric: string): boolean {
  return Object.hasOwn(metrics, metric);
}
