import {
  Callback,
  Run,
  type Training,
  UserError,
  didYouMean,
  imageArtifact,
  option,
  tableArtifact,
  value,
} from 'explab';
import { type Point, hasDiverged, smoothed, steepest } from './curve';
import { plotPNG, plotText } from './plot';

/** Settings of LearningRateFinder. */
export class LearningRateFinderSettings {
  /** Factor of the learning rate at the first step. */
  minFactor = value(1e-4, { above: 0 });
  /** Factor of the learning rate at the last step. */
  maxFactor = value(1e3, { above: 0 });
  /** Number of steps, over which the factor rises exponentially. */
  steps = value(100, { integer: true, min: 10, unit: 'steps' });
  /** Model whose loss is watched, of several. */
  model = value('model');
}

/** Fewest points of a curve with a direction. */
const MIN_POINTS = 3;

/**
 * Finds a learning rate: raises it from step to step until the loss diverges, and suggests the one at which the loss fell fastest. The run
 * is of no other use. Smith 2017, arXiv:1506.01186, section 3.3.
 */
@option(Callback, 'LearningRateFinder', LearningRateFinderSettings, Run)
export class LearningRateFinder extends Callback {
  private points: Point[] = [];
  override learningRateFactor = 1;

  constructor(
    private readonly settings: LearningRateFinderSettings,
    private readonly run: Run,
  ) {
    super();
    const { minFactor, maxFactor } = settings;
    if (minFactor >= maxFactor) throw emptyRange(minFactor, maxFactor);
  }

  override onStart({ models }: Training): void {
    const { model } = this.settings;
    if (!Object.hasOwn(models, model)) throw unknownModel(model, Object.keys(models));
    this.learningRateFactor = this.factorAt(this.points.length);
  }

  override onDivergence(training: Training): void {
    // At the first step, no learning rate is to blame: the run fails.
    if (this.points.length === 0) return;
    // The update with the last learning rate has led here.
    this.points.pop();
    training.stop('The loss or its gradient is not finite: the learning rates are covered.');
  }

  override onStep(training: Training): void {
    this.points.push(...this.pointsOf(training.lastStep));
    this.learningRateFactor = this.factorAt(this.points.length);
    if (hasDiverged(smoothed(this.points))) training.stop('The loss has diverged: the learning rates are covered.');
    else if (this.points.length >= this.settings.steps) training.stop('All learning rates have been tried.');
  }

  override async onEnd({ step }: Training): Promise<void> {
    // A warmup begins with 0, which has no logarithm.
    const curve = smoothed(this.points).filter(({ rate }) => rate > 0);
    if (curve.length < MIN_POINTS)
      this.run.monitor.log('LearningRateFinder: there were too few steps to suggest anything.');
    else await this.report(curve, step);
  }

  private async report(curve: readonly Point[], step: number): Promise<void> {
    const { run } = this;
    const suggestion = steepest(curve);
    for (const line of plotText(curve)) run.monitor.log(line);
    run.monitor.log(suggestion ? suggestionOf(suggestion) : 'No learning rate is suggested: the loss does not fall.');
    await run.artifact(step, 'learning-rate-finder', imageArtifact(await plotPNG(curve, suggestion)));
    await run.artifact(step, 'learning-rate-finder-curve', this.table);
  }

  override get state(): readonly Point[] {
    return this.points;
  }

  override set state(points: unknown) {
    this.points = [...(points as readonly Point[])];
  }

  /** The factor rises by the same ratio at each step. */
  private factorAt(index: number): number {
    const { minFactor, maxFactor, steps } = this.settings;
    return minFactor * (maxFactor / minFactor) ** (index / (steps - 1));
  }

  /** The point of a step; none if the step has not trained the model. */
  private pointsOf(scalars: Training['lastStep']): Point[] {
    const { model } = this.settings;
    const prefix = model === 'model' ? '' : `${model}/`;
    const { [`${prefix}loss`]: loss, [`${prefix}learningRate`]: rate } = scalars;
    return loss === undefined || rate === undefined ? [] : [{ rate, loss }];
  }

  private get table() {
    const averages = smoothed(this.points);
    const rows = this.points.map(({ rate, loss }, index) => [rate, loss, averages[index]?.loss ?? NaN]);
    return tableArtifact(['learningRate', 'loss', 'smoothedLoss'], rows);
  }
}

function suggestionOf({ rate }: Point): string {
  return `Suggested learning rate: ${Number(rate.toPrecision(3))}, where the loss falls fastest.`;
}

function emptyRange(min: number, max: number): UserError {
  return new UserError(`callbacks.LearningRateFinder: minFactor=${min} is not below maxFactor=${max}.`);
}

function unknownModel(model: string, known: readonly string[]): UserError {
  return new UserError(`The experiment has no model named ${model}, whose loss LearningRateFinder watches.`, {
    hints: [didYouMean(model, known, 'Its models'), 'Set callbacks.LearningRateFinder.model.'],
  });
}
