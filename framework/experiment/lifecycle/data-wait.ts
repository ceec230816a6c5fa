import { percent } from '../../util/format';

/** Steps and seconds that are measured before a warning: the first batches and a short training say little. */
const MIN_STEPS = 20;
const MIN_SECONDS = 5;

/** Share of the time that needs no warning. */
const MAX_SHARE = 0.1;

/** Measures the share of the training time that steps wait for their batches, so that slow reading does not go unnoticed. */
export class DataWait {
  private requestedAt = 0;
  private receivedAt = 0;
  /** Completed steps. The first one is not measured: it is traced. */
  private steps = 0;
  private waiting = 0;
  private total = 0;
  private isReported = false;

  /** @param now clock, in milliseconds */
  constructor(private readonly now = () => performance.now()) {}

  /** Share of the time, in [0, 1], of all steps but the first; undefined before the second. */
  get share(): number | undefined {
    return this.total > 0 ? this.waiting / this.total : undefined;
  }

  /** Yields batches, and times how long each is waited for. */
  async *measure<Batch>(batches: Iterable<Batch> | AsyncIterable<Batch>): AsyncGenerator<Batch> {
    this.requestedAt = this.now();
    for await (const batch of batches) {
      this.receivedAt = this.now();
      yield batch;
      this.requestedAt = this.now();
    }
  }

  /**
   * Must be called after each step on a batch; what follows until the next batch is requested, such as an evaluation, is not measured.
   * @returns a warning if steps wait too long, once
   */
  afterStep(): string | undefined {
    if (this.steps++ === 0) return undefined;
    this.waiting += this.receivedAt - this.requestedAt;
    this.total += this.now() - this.requestedAt;
    const { share = 0 } = this;
    if (this.isReported || share <= MAX_SHARE || !this.isLongEnough) return undefined;
    this.isReported = true;
    return `Steps wait for data ${percent(share)} of the time: reading is slower than training. ${REMEDY}`;
  }

  private get isLongEnough(): boolean {
    return this.steps > MIN_STEPS && this.total >= 1000 * MIN_SECONDS;
  }
}

const REMEDY = 'Less work per example, a cache of the results, a faster disk or more processor cores help.';
