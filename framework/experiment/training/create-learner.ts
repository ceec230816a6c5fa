import { group, optional, slot, value } from '../../config/declare/declare';
import { LearningRateSchedule, factorOf } from '../../kinds/learning-rate-schedule';
import { Optimizer } from '../../kinds/optimizer';
import { ExponentialAverage } from '../../nn/exponential-average';
import type { Module } from '../../nn/module';
import type { Run } from '../run';
import { Learner } from './learner';
import { InitialWeightsSettings } from '../weights/initial-weights-settings';
import { LossScale } from './loss-scale';

/** Settings of a learner: a group of an experiment with several. `TrainedSettings` has the same fields. */
export class LearnerSettings {
  /** Optimizer that updates the parameters. */
  optimizer = slot(Optimizer, 'Adam');
  /** Learning rate. */
  learningRate = value(1e-3, { min: 0, role: 'hyperparameter', dynamic: true });
  /** Learning rate schedule. */
  schedule = slot(LearningRateSchedule, 'Constant');
  /** Maximum global norm of the gradients; no clipping if not set. */
  clipNorm = optional('number', { above: 0, role: 'hyperparameter' });
  /** Decay of the exponential moving average of the weights, used for evaluation and sampling, e.g. 0.9999; 0 disables it. */
  ema = value(0, { min: 0, below: 1, role: 'hyperparameter', sampling: true });
  /** Weights of another run that the model starts with. */
  initialWeights = group(InitialWeightsSettings);
}

/** Values of the settings of a learner. */
export type LearnerValues = Pick<LearnerSettings, keyof LearnerSettings>;

/** A learner to create. */
interface Request {
  readonly model: Module;
  /** Dynamic: the learning rate is read at each step. */
  readonly settings: LearnerValues;
  readonly name?: string | undefined;
}

/** Initializes a model, its optimizer, its average and its loss scale. @param precision of the run */
export function createLearner({ random }: Run, precision: string, { model, settings, name }: Request): Learner {
  model.initialize(random.stream(name ?? 'model'));
  const { optimizer, schedule, clipNorm, ema, initialWeights } = settings;
  const parameters = [...model.parameters()].map(([, parameter]) => parameter);
  return new Learner({
    name,
    model,
    optimizer,
    initialWeights,
    maxNorm: clipNorm,
    lossScale: precision === 'float16' ? new LossScale() : undefined,
    average: ema > 0 ? new ExponentialAverage(parameters, ema) : undefined,
    isFrozen: () => settings.learningRate === 0,
    learningRate: (done, total) => settings.learningRate * factorOf(schedule, done, total),
  });
}
