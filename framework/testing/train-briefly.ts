import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadPlugins } from '../api/load-plugins';
import { pluginRoots } from '../api/plugin-roots';
import { parseOverrides } from '../config/parse/override';
import type { Registry } from '../config/resolve/registry';
import { startRun } from '../experiment/lifecycle/start';
import { Monitor } from '../monitor/monitor';
import { PlainDisplay } from '../monitor/plain-display';
import type { Status } from '../run/run-record';
import { loadTensorFlow } from '../tensorflow/load';

/** What is left of a run in a temporary folder. */
export interface BriefRun {
  readonly status: Status;
  /** Number of completed steps. */
  readonly step: number;
  /** The logged points: metrics by name, with their `step`. */
  readonly metrics: readonly Readonly<Record<string, number>>[];
}

/**
 * Trains an experiment of this package or the project in a temporary folder, without output.
 * @param settings as on the command line: `['maxSteps=2']`; the trackers must include JSONL for `metrics`
 * @param exports of the plugin under test, registered unless the project's plugins include it
 * @throws UserError as `exp run`
 */
export async function trainBriefly(
  experiment: string,
  settings: readonly string[] = [],
  exports: object = {},
): Promise<BriefRun> {
  const registry = loadPlugins(pluginRoots());
  addNew(registry, exports);
  const monitor = new Monitor(new PlainDisplay({ write: () => undefined }));
  const root = mkdtempSync(join(tmpdir(), '.explab-'));
  try {
    await loadTensorFlow();
    const options = { registry, monitor, name: experiment, overrides: parseOverrides(settings) };
    const { status, step, folder } = await startRun(options, root);
    return { status, step, metrics: pointsIn(folder.metrics) };
  } finally {
    rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

function addNew(registry: Registry, exports: object): void {
  const registered = registry.kinds.flatMap((kind) => registry.optionsOf(kind).map(({ type }) => type as unknown));
  const added = Object.entries(exports).filter(([, each]) => !registered.includes(each));
  const isPlugin = Object.values(exports).some((each) => registered.includes(each));
  if (added.length > 0 && !isPlugin) registry.add(Object.fromEntries(added), 'the plugin under test');
}

function pointsIn(file: string): Record<string, number>[] {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Record<string, number>).filter((line) => !('artifact' in line));
}
