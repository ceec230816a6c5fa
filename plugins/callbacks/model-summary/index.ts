import { Callback, Run, type Training, linesOf, option, summarizeModels, tableOf } from 'explab';

/** Prints the modules of the models with their parameters before the first step, and logs them as a table. */
@option(Callback, 'ModelSummary', undefined, Run)
export class ModelSummary extends Callback {
  constructor(private readonly run: Run) {
    super();
  }

  override async onStart({ models, step }: Training): Promise<void> {
    const summary = summarizeModels(models);
    for (const line of linesOf(summary)) this.run.monitor.log(line);
    await this.run.artifact(step, 'model-summary', tableOf(summary));
  }
}
