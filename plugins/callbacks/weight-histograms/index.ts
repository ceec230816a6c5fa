import { Callback, Run, type Training, histogramArtifact, option, parametersByName, value } from 'explab';

/** Settings of WeightHistograms. */
export class WeightHistogramsSettings {
  /** Interval between histograms. */
  every = value(1, { integer: true, min: 1, unit: 'epochs' });
}

/** Logs the distribution of each parameter's values after an epoch. */
@option(Callback, 'WeightHistograms', WeightHistogramsSettings, Run)
export class WeightHistograms extends Callback {
  /** Latest epoch whose end has been logged. */
  private loggedEpoch = 0;

  constructor(
    private readonly settings: WeightHistogramsSettings,
    private readonly run: Run,
  ) {
    super();
  }

  override async onEvaluation(training: Training): Promise<void> {
    const { epoch } = training;
    // An epoch may have several evaluations.
    if (epoch === this.loggedEpoch || epoch % this.settings.every !== 0) return;
    await this.log(training);
    this.loggedEpoch = epoch;
  }

  override async onEnd(training: Training): Promise<void> {
    // Training that ends within its first epoch.
    if (training.epoch === 0) await this.log(training);
  }

  private async log({ step, models }: Training): Promise<void> {
    const parameters = parametersByName(models);
    const values = await this.run.engine.read([...parameters.values()].map(({ state }) => state));
    for (const [index, name] of [...parameters.keys()].entries())
      await this.run.artifact(step, `weights/${name}`, histogramArtifact(values[index] ?? []));
  }

  override get state(): number {
    return this.loggedEpoch;
  }

  override set state(epoch: unknown) {
    this.loggedEpoch = epoch as number;
  }
}
