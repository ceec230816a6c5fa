import { Callback, Improvement, ImprovementSettings, type Training, option } from 'explab';

/** Settings of EarlyStopping. */
export class EarlyStoppingSettings extends ImprovementSettings {}

/** Ends the training when a metric has stopped improving. */
@option(Callback, 'EarlyStopping', EarlyStoppingSettings)
export class EarlyStopping extends Callback {
  private readonly improvement: Improvement;

  constructor(private readonly settings: EarlyStoppingSettings) {
    super();
    this.improvement = new Improvement(settings);
  }

  override onEvaluation(training: Training): void {
    this.improvement.update(training);
    const { best, waited, isOver } = this.improvement;
    if (!isOver) return;
    training.stop(
      `${this.settings.metric} has not improved on ${best?.toPrecision(4) ?? 'any number'} for ${waited} evaluations.`,
    );
  }

  override get state(): unknown {
    return this.improvement.state;
  }

  override set state(state: unknown) {
    this.improvement.state = state;
  }
}
