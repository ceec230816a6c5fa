import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { discover, pluginsBelow } from '../../framework/config/resolve/discover';
import { parseOverrides } from '../../framework/config/parse/override';
import type { RunOptions } from '../../framework/experiment/run-container';
import type { Display } from '../../framework/monitor/display';
import { Monitor } from '../../framework/monitor/monitor';
import { PlainDisplay } from '../../framework/monitor/plain-display';
import type { RunFolder } from '../../framework/run/run-folder';
import { SMALL_IMAGES } from './exp';
import { Tiny } from './tiny-network';

const registry = discover(pluginsBelow(join(__dirname, '../..'), ['plugins', 'experiments']));
registry.add({ Tiny }, 'tiny-network.ts');

/** Settings of `diffuse` in this process that take a tenth of the time of `SMALL`. */
export const TINY = [...SMALL_IMAGES, 'steps=4', 'samples=4', 'model=Tiny'];

/** What a test hears of a run. */
interface Listener {
  /** Takes what a terminal would show. */
  readonly output?: string[];
  /** Called after each update of an epoch. @param done how many of the epoch are done since the run was started */
  readonly onUpdate?: (done: number) => void;
  /** Called after each step of any bar of progress. @param done how many steps of it are done */
  readonly onProgress?: (name: string, done: number) => void;
}

/** An experiment of this project with settings, to be run in this process. */
export function ingredientsOf(
  name: string,
  args: readonly string[],
  { output: output = [], ...callbacks }: Listener = {},
): RunOptions {
  const display = new PlainDisplay({ write: (text: string) => output.push(text) });
  const monitor = new Monitor(listening(display, callbacks));
  return { registry, monitor, name, overrides: parseOverrides(args) };
}

function listening(display: PlainDisplay, { onUpdate, onProgress }: Listener): Display {
  let name = '';
  return {
    line: (text) => display.line(text),
    start: (begun) => (name = begun),
    update: (done) => {
      if (name === 'Train') onUpdate?.(done);
      onProgress?.(name, done);
    },
    stop: () => display.stop(),
  };
}

/** Asks the run in this process to stop after the update that comes, as SIGTERM does from outside. */
export function askToStop(): void {
  process.emit('SIGTERM', 'SIGTERM');
}

/** A line of metrics.jsonl. */
export type Metrics = Readonly<Record<string, number>> & { readonly step: number };

/** The points of a run's metrics.jsonl, without the artifacts. */
export function metricsOf(folder: RunFolder): Metrics[] {
  const lines = readFileSync(folder.metrics, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Metrics).filter((line) => !('artifact' in line));
}
