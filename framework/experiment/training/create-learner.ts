import { type LearningRateSchedule, factorOf } from '../../kinds/learning-rate-schedule';
import type { Optimizer } from '../../kinds/optimizer';
import { ExponentialAverage } from '../../nn/exponential-average';
import type { Module } from '../../nn/module';
import type { Run } from '../run';
import { Learner } from './learner';
import { LossScale } from './loss-scale';

/** Settings of a learner: `LearnerSettings` is such a class, and so are the settings of `Trained`. */
export interface LearnerSettings {
  readonly optimizer: Optimizer;
  readonly learningRate: number;
  readonly schedule: LearningRateSchedule;
  readonly clipNorm?: number | undefined;
  readonly ema?: number | undefined;
}

/** A learner to create. */
interface Request {
  readonly model: Module;
  /** Dynamic: the learning rate is read at each step. */
  readonly settings: LearnerSettings;
  readonly name?: string | undefined;
}

/** Initializes a model, its optimizer, its average and its loss scale. @param precision of the run */
export function createLearner({ random }: Run, precision: string, { model, settings, name }: Request): Learner {
  model.initialize(random.stream(name ?? 'model'));
  const { optimizer, schedule, clipNorm, ema = 0 } = settings;
  const parameters = [...model.parameters()].map(([, parameter]) => parameter);
  return new Learner({
    name,
    model,
    optimizer,
    maxNorm: clipNorm,
    lossScale: precision === 'float16' ? new LossScale() : undefined,
    average: ema > 0 ? new ExponentialAverage(parameters, ema) : undefined,
    isFrozen: () => settings.learningRate === 0,
    learningRate: (done, total) => settings.learningRate * factorOf(schedule, done, total),
  });
}
