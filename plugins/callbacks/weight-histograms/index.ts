import { inject } from 'inversify';
import { Callback, Run, type Training, histogramArtifact, option, parametersByName, value } from 'explab';

/** Settings of WeightHistograms. */
export class WeightHistogramsSettings {
  /** Interval between histograms. */
  every = value(1, { integer: true, min: 1, unit: 'epochs' });
}

/** Logs the distribution of each parameter's values after an epoch. */
@option(Callback, 'WeightHistograms', WeightHistogramsSettings)
export class WeightHistograms extends Callback {
  constructor(
    @inject(WeightHistogramsSettings) private readonly settings: WeightHistogramsSettings,
    @inject(Run) private readonly run: Run,
  ) {
    super();
  }

  override async onEvaluation({ epoch, step, models }: Training): Promise<void> {
    if (epoch % this.settings.every !== 0) return;
    const parameters = parametersByName(models);
    const values = await this.run.engine.read([...parameters.values()].map(({ state }) => state));
    for (const [index, name] of [...parameters.keys()].entries())
      await this.run.artifact(step, `weights/${name}`, histogramArtifact(values[index] ?? []));
  }
}
