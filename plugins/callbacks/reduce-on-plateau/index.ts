import { Callback, Improvement, ImprovementSettings, Monitor, type Training, option, value } from 'explab';

/** Settings of ReduceOnPlateau. */
export class ReduceOnPlateauSettings extends ImprovementSettings {
  /** Factor that the learning rate is multiplied by. */
  factor = value(0.1, { above: 0, below: 1 });
  /** Lower limit of the product of all factors. */
  minFactor = value(1e-4, { min: 0, max: 1 });
}

interface State {
  readonly improvement: unknown;
  readonly factor: number;
}

/** Reduces the learning rate when a metric has stopped improving, as `torch.optim.lr_scheduler.ReduceLROnPlateau` does. */
@option(Callback, 'ReduceOnPlateau', ReduceOnPlateauSettings, Monitor)
export class ReduceOnPlateau extends Callback {
  private readonly improvement: Improvement;
  override learningRateFactor = 1;

  constructor(
    private readonly settings: ReduceOnPlateauSettings,
    private readonly monitor: Monitor,
  ) {
    super();
    this.improvement = new Improvement(settings);
  }

  override onEvaluation(training: Training): void {
    const { factor, minFactor, metric } = this.settings;
    this.improvement.update(training);
    const { waited, isOver } = this.improvement;
    if (!isOver) return;
    this.improvement.waited = 0;
    const reduced = Math.max(this.learningRateFactor * factor, minFactor);
    if (reduced === this.learningRateFactor) return;
    this.learningRateFactor = reduced;
    this.monitor.log(
      `${metric} has not improved for ${waited} evaluations: the learning rate is now ${reduced} of its value.`,
    );
  }

  override get state(): State {
    return { improvement: this.improvement.state, factor: this.learningRateFactor };
  }

  override set state(state: unknown) {
    const { improvement, factor } = state as State;
    this.improvement.state = improvement;
    this.learningRateFactor = factor;
  }
}
