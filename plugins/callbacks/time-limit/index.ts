import { Callback, type Training, option, value } from 'explab';

/** Settings of TimeLimit. */
export class TimeLimitSettings {
  /** Training time, the time before a resumption included. */
  hours = value(1, { above: 0, unit: 'hours' });
}

/** Ends the training after a time. */
@option(Callback, 'TimeLimit', TimeLimitSettings)
export class TimeLimit extends Callback {
  /** Seconds of training before this process. */
  private before = 0;
  private startedAt: number | undefined;

  constructor(private readonly settings: TimeLimitSettings) {
    super();
  }

  override onStart(): void {
    this.startedAt = performance.now();
  }

  override onStep(training: Training): void {
    const { hours } = this.settings;
    if (this.seconds >= 3600 * hours) training.stop(`The time limit of ${hours} hours is reached.`);
  }

  private get seconds(): number {
    return this.before + (this.startedAt === undefined ? 0 : (performance.now() - this.startedAt) / 1000);
  }

  override get state(): number {
    return this.seconds;
  }

  override set state(seconds: unknown) {
    this.before = Number(seconds);
  }
}
