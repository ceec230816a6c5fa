import { EagerEngine } from '../tensorflow/eager-engine';
import type { Engine } from '../tensorflow/engine';
import { GraphEngine } from '../tensorflow/graph/graph-engine';
import type { ExperimentSettings } from './experiment';

/** What runs the steps of an experiment, by its settings. TensorFlow must be loaded. */
export function engineFor({ compile, threads }: Pick<ExperimentSettings, 'compile' | 'threads'>): Engine {
  return compile === 'false' ? new EagerEngine() : new GraphEngine({ threads, xla: compile === 'xla' });
}
