import { optional, slot, value } from '../config/declare/declare';
import { Launcher } from '../kinds/launcher';
import { Searcher } from '../kinds/searcher';

/** Settings of a sweep, set by `--sweep`. */
export class SweepSettings {
  /** Search algorithm that chooses the settings of each job. */
  searcher = slot(Searcher, 'Grid', { seed: () => this.seed });
  /** Random seed of the searcher. */
  seed = value(1, { integer: true, min: 0 });
  /** Maximum number of concurrent jobs. */
  jobs = value(1, { integer: true, min: 1 });
  /** Launcher that executes the jobs. */
  launcher = slot(Launcher, 'Local', { jobs: () => this.jobs });
  /** Metric to optimize: a name in metrics.jsonl of the runs; loss, or the experiment's first goal if it has goals but not that one. */
  metric = optional('string');
  /** Goal: minimize (min) or maximize (max) the metric; the metric's own goal if not set. */
  goal = optional('string', { choices: ['min', 'max'] });
  /** Value of a run to compare: its last, or its best. */
  value = value('last', { choices: ['last', 'best'] });
}
