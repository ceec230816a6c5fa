import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { discover } from '../../framework/config/discover';
import type { Ingredients } from '../../framework/experiment/assembly';
import { Monitor } from '../../framework/monitor/monitor';
import { PlainDisplay } from '../../framework/monitor/plain-display';
import type { RunFolder } from '../../framework/run/run-folder';

const registry = discover([join(__dirname, '../..')], ['plugins', 'experiments']);

/**
 * An experiment of this project with settings, to be run in this process.
 * @param told takes what a terminal would show
 */
export function ingredientsOf(name: string, overrides: readonly string[], told: string[] = []): Ingredients {
  const monitor = new Monitor(new PlainDisplay({ write: (text: string) => told.push(text) }));
  return { registry, monitor, name, overrides };
}

/** A line of metrics.jsonl. */
export type Metrics = Readonly<Record<string, number>> & { readonly step: number };

/** The lines of a run's metrics.jsonl. */
export function metricsOf(folder: RunFolder): Metrics[] {
  const lines = readFileSync(folder.metrics, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Metrics);
}
