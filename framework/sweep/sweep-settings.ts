import { optional, slot, value } from '../config/declare/declare';
import { Launcher } from '../kinds/launcher';
import { Searcher } from '../kinds/searcher';

/** What a sweep can be told, by `--sweep`. */
export class SweepSettings {
  /** What chooses the settings of each job. */
  searcher = slot(Searcher, 'Grid', { seed: () => this.seed });
  /** What random choices of the searcher follow from. */
  seed = value(1, { integer: true, min: 0 });
  /** Jobs that run at once. */
  jobs = value(1, { integer: true, min: 1 });
  /** Where jobs run. */
  launcher = slot(Launcher, 'Local', { jobs: () => this.jobs });
  /** The metric that says how good a run is: a name in its metrics.jsonl. */
  metric = value('loss');
  /** Whether a small or a large value of it is better; left out, the metric's own goal. */
  goal = optional('string', { choices: ['min', 'max'] });
  /** Which of a run's values counts: its last, or its best. */
  value = value('last', { choices: ['last', 'best'] });
}
