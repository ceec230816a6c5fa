import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Monitor } from '../../monitor/monitor';
import { PlainDisplay } from '../../monitor/plain-display';
import { RunFolder } from '../../run/run-folder';
import { EagerEngine } from '../../tensorflow/eager-engine';
import { RunContainer, type RunOptions } from '../run-container';

/**
 * Checks an experiment by creating it without running it, to detect incompatible settings before anything is loaded or written.
 * @throws UserError of the constructor that rejects its settings
 */
export async function checkExperiment(options: Pick<RunOptions, 'registry' | 'name' | 'overrides'>): Promise<void> {
  const { registry, name, overrides } = options;
  const monitor = new Monitor(new PlainDisplay({ write: () => true }));
  const container = new RunContainer({ registry, name, overrides, monitor });
  try {
    // A folder that does not exist, with an unpredictable name.
    container.createExperiment(new RunFolder(join(tmpdir(), randomUUID())), new EagerEngine());
  } finally {
    await container.close();
  }
}
