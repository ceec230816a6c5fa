import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Monitor } from '../../monitor/monitor';
import { PlainDisplay } from '../../monitor/plain-display';
import { RunFolder } from '../../run/run-folder';
import { EagerEngine } from '../../tensorflow/eager-engine';
import { RunAssembly, type RunOptions } from '../assembly';

/**
 * Makes an experiment that is never run, to find settings that do not fit together before anything is loaded or written.
 * @throws UserError of whatever constructor refuses its settings
 */
export async function rehearse(ingredients: Pick<RunOptions, 'registry' | 'name' | 'overrides'>): Promise<void> {
  const { registry, name, overrides } = ingredients;
  const monitor = new Monitor(new PlainDisplay({ write: () => true }));
  const assembly = new RunAssembly({ registry, name, overrides, monitor });
  try {
    // A folder that does not exist, by a name that nobody can have made a folder of beforehand.
    assembly.createExperiment(new RunFolder(join(tmpdir(), randomUUID())), new EagerEngine());
  } finally {
    await assembly.close();
  }
}
