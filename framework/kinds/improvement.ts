import * as v from 'valibot';
import { value } from '../config/declare/declare';
import { UserError } from '../errors';
import { didYouMean } from '../util/nearest';
import { validate } from '../util/json-file';
import type { Training } from './callback';
import { goalOf } from './metric';

/** Settings of callbacks that watch a metric. */
export class ImprovementSettings {
  /** Metric to watch, as logged by an evaluation. */
  metric = value('valid/loss');
  /** Number of evaluations without an improvement to wait for. */
  patience = value(5, { integer: true, min: 1, unit: 'evaluations' });
  /** Minimum change that counts as an improvement. */
  minDelta = value(0, { min: 0 });
}

const STATE = v.object({ best: v.optional(v.number()), waited: v.pipe(v.number(), v.integer()) });

/** Watches whether a metric improves from evaluation to evaluation; whether lower or higher is better follows from the metric's goal. */
export class Improvement {
  /** Best value so far. */
  best: number | undefined;
  /** Number of evaluations since. */
  waited = 0;

  constructor(private readonly settings: ImprovementSettings) {}

  /** Takes in the metric of an evaluation. NaN is no improvement. @throws UserError if it is not logged */
  update({ metrics, goals }: Training): void {
    const { metric, minDelta } = this.settings;
    const current = metrics[metric];
    if (current === undefined) throw unknownMetric(metric, Object.keys(metrics));
    const { best } = this;
    const gain = best === undefined ? Infinity : goalOf(metric, goals) === 'min' ? best - current : current - best;
    const isBetter = !Number.isNaN(current) && gain > minDelta;
    this.waited = isBetter ? 0 : this.waited + 1;
    if (isBetter) this.best = current;
  }

  /** True if the metric has not improved for `patience` evaluations. */
  get isOver(): boolean {
    return this.waited >= this.settings.patience;
  }

  get state(): unknown {
    const { best, waited } = this;
    return { ...(best !== undefined && { best }), waited };
  }

  set state(state: unknown) {
    const { best, waited } = validate(state, STATE, 'the state of a callback');
    Object.assign(this, { best, waited });
  }
}

function unknownMetric(metric: string, known: readonly string[]): UserError {
  return new UserError(`The run logs no metric ${metric}, which a callback watches.`, {
    hints: [didYouMean(metric, known, 'Its metrics'), 'Set the metric of the callback.'],
  });
}
