import { EagerEngine } from '../../framework/tensorflow/eager-engine';
import type { Engine } from '../../framework/tensorflow/engine';
import { GraphEngine } from '../../framework/tensorflow/graph/graph-engine';

/** Every way of running a step, by what it is called in a test's name. */
export const ENGINES: Readonly<Record<string, () => Engine>> = {
  'op by op': () => new EagerEngine(),
  'in a graph': () => new GraphEngine({}),
};
