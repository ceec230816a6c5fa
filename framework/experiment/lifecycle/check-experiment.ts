import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Monitor } from '../../monitor/monitor';
import { PlainDisplay } from '../../monitor/plain-display';
import { RunFolder } from '../../run/run-folder';
import { EagerEngine } from '../../tensorflow/eager-engine';
import type { Engine } from '../../tensorflow/engine';
import type { Experiment } from '../experiment';
import { RunContainer, type RunOptions } from '../run-container';
import type { ExperimentSettings } from '../settings';

/** An experiment with its settings. */
type Checked = Pick<RunOptions, 'registry' | 'name' | 'overrides'>;

/**
 * Checks an experiment by creating it without running it, to detect incompatible settings before anything is loaded or written.
 * @throws UserError of the constructor that rejects its settings
 */
export function checkExperiment(options: Checked): Promise<void> {
  return withUntrained(options, () => undefined);
}

/** Surroundings of an experiment that is not trained. */
interface Untrained {
  /** Creates the engine; by default one that computes op by op. */
  readonly createEngine?: (settings: ExperimentSettings) => Engine | Promise<Engine>;
  /** Folder of the run; by default one that does not exist, with an unpredictable name. */
  readonly path?: string;
}

/** Runs `work` with an experiment that is neither opened nor initialized. Nothing is printed or written. */
export async function withUntrained<T>(
  { registry, name, overrides }: Checked,
  work: (experiment: Experiment, settings: ExperimentSettings) => T | Promise<T>,
  { createEngine = () => new EagerEngine(), path = join(tmpdir(), randomUUID()) }: Untrained = {},
): Promise<T> {
  const monitor = new Monitor(new PlainDisplay({ write: () => true }));
  const container = new RunContainer({ registry, name, overrides, monitor });
  try {
    const engine = await createEngine(container.settings);
    return await work(container.createExperiment(new RunFolder(path), engine), container.settings);
  } finally {
    await container.close();
  }
}
