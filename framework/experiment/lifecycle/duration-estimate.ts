import { duration, thousands } from '../../util/format';

/** Steps that are timed. The first one is not: it is traced. */
const TIMED_STEPS = 5;

/** Shorter trainings need no warning. */
const LONG_SECONDS = 600;

/** Estimates after the first steps how long the training will take, so that nobody starts days of work unawares. */
export class DurationEstimate {
  private steps = 0;
  private startedAt = 0;

  /**
   * Counts a completed step.
   * @param remaining number of steps until the end; Infinity if it is not known
   * @returns a warning for a long training, once
   */
  afterStep(remaining: number, now = performance.now()): string | undefined {
    if (this.steps === 0) this.startedAt = now;
    this.steps += 1;
    if (this.steps !== TIMED_STEPS + 1) return undefined;
    const seconds = (now - this.startedAt) / 1000 / TIMED_STEPS;
    const total = seconds * remaining;
    if (!(total > LONG_SECONDS) || remaining === Infinity) return undefined;
    const each = `${thousands(remaining)} steps of ${duration(seconds)}`;
    return `About ${duration(total)} of training: ${each}. Ctrl-C saves and stops; maxSteps, epochs or a smaller model shorten it.`;
  }
}
