import { Callback, Run, type Training, UserError, histogramArtifact, option, value } from 'explab';

/** Settings of GradientHistograms. */
export class GradientHistogramsSettings {
  /** Interval between histograms. */
  everySteps = value(100, { integer: true, min: 1, unit: 'steps' });
}

/** Logs the distribution of the gradient of each parameter at some steps, before clipping. */
@option(Callback, 'GradientHistograms', GradientHistogramsSettings, Run)
export class GradientHistograms extends Callback {
  constructor(
    private readonly settings: GradientHistogramsSettings,
    private readonly run: Run,
  ) {
    super();
  }

  override needsGradients({ step }: Training): boolean {
    return this.isDue(step + 1);
  }

  override async onStep({ step, gradients }: Training): Promise<void> {
    if (!this.isDue(step)) return;
    if (!gradients) throw noGradients();
    for (const [name, values] of gradients)
      // Of a parameter whose gradient overflows in float16, there is none.
      if (values.every(Number.isFinite)) await this.run.artifact(step, `gradients/${name}`, histogramArtifact(values));
  }

  private isDue(step: number): boolean {
    return step % this.settings.everySteps === 0;
  }
}

function noGradients(): UserError {
  return new UserError('The experiment has no gradients for GradientHistograms: it does not train by runSteps.', {
    hints: ['Leave GradientHistograms out of the setting callbacks.'],
  });
}
