import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Outcome } from '../../framework/experiment/lifecycle/outcome';
import { RunFolder } from '../../framework/run/run-folder';

const outcomes = new Map<string, Promise<Outcome>>();
let trained: string | undefined;

/** The folder of runs that are copied, which is removed when the process ends. */
function folderOfTrained(): string {
  if (trained !== undefined) return trained;
  const folder = mkdtempSync(join(tmpdir(), '.explab-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return (trained = folder);
}

/**
 * A run for a test that needs one and does not test how it was trained: it is trained once in this process, and each test gets a copy.
 * @param runs the folder of runs that gets the copy
 * @param key is the same for equal runs only: the experiment, its settings, and where it is stopped
 * @param train trains the run in a folder of runs
 */
export async function trainedOnce(
  runs: string,
  key: readonly string[],
  train: (runs: string) => Promise<Outcome>,
): Promise<Outcome> {
  const name = JSON.stringify(key);
  const outcome = outcomes.get(name) ?? train(mkdtempSync(join(folderOfTrained(), 'runs-')));
  outcomes.set(name, outcome);
  const { folder, ...rest } = await outcome;
  const copy = new RunFolder(join(runs, basename(dirname(folder.path)), folder.id));
  // The test has that run already, or another that began in the same second.
  if (existsSync(copy.path)) return train(runs);
  cpSync(folder.path, copy.path, { recursive: true, preserveTimestamps: true });
  return { ...rest, folder: copy };
}
