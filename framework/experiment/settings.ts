import { CheckpointSettings } from '../checkpoint/retention';
import { group, optional, slots, value } from '../config/declare/declare';
import { Callback } from '../kinds/callback';
import { Tracker } from '../kinds/tracker';
import { ComputeSettings } from './lifecycle/compute';
import { EvaluationSettings } from './lifecycle/evaluation-schedule';

/** Settings shared by all experiments. */
export class ExperimentSettings extends ComputeSettings {
  /** Number of passes over the dataset. */
  epochs = value(1000, { integer: true, min: 1, role: 'hyperparameter' });
  /** Maximum number of steps, for short trials; unlimited if not set. */
  maxSteps = optional('number', { integer: true, min: 1, unit: 'steps' });
  /** Random seed of the run. */
  seed = value(1, { integer: true, min: 0 });
  /** Number of steps averaged into one logged point. */
  logEverySteps = value(10, { integer: true, min: 1, unit: 'steps', role: 'meta', dynamic: true });
  /** Interval between samples of the hardware usage; 0 disables them. */
  hardwareEverySeconds = value(10, { min: 0, unit: 'seconds', role: 'meta' });
  /** Schedule of evaluations. */
  evaluation = group(EvaluationSettings);
  /** Schedule and retention of checkpoints. */
  checkpoint = group(CheckpointSettings);
  /** Code that is called after steps and evaluations, e.g. to end the training early. */
  callbacks = slots(Callback, []);
  /** Destinations of metrics and artifacts. */
  trackers = slots(Tracker, ['Screen', 'JSONL', 'TensorBoard'], { role: 'meta' });
}
