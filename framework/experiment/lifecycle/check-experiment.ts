import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Monitor } from '../../monitor/monitor';
import { PlainDisplay } from '../../monitor/plain-display';
import { RunFolder } from '../../run/run-folder';
import { EagerEngine } from '../../tensorflow/eager-engine';
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

/** Runs `work` with an experiment that is neither opened nor initialized, and computes op by op. Nothing is printed or written. */
export async function withUntrained<T>(
  { registry, name, overrides }: Checked,
  work: (experiment: Experiment, settings: ExperimentSettings) => T | Promise<T>,
): Promise<T> {
  const monitor = new Monitor(new PlainDisplay({ write: () => true }));
  const container = new RunContainer({ registry, name, overrides, monitor });
  try {
    // A folder that does not exist, with an unpredictable name.
    const folder = new RunFolder(join(tmpdir(), randomUUID()));
    return await work(container.createExperiment(folder, new EagerEngine()), container.settings);
  } finally {
    await container.close();
  }
}
