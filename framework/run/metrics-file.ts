import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Takes the lines after a step out of metrics.jsonl, so that a resumed run writes them once. A torn last line goes too. */
export function rewindMetrics(file: string, step: number): void {
  if (!existsSync(file)) return;
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => stepOf(line) <= step);
  const aside = `${file}.${process.pid}.tmp`;
  writeFileSync(aside, lines.map((line) => `${line}\n`).join(''));
  renameSync(aside, file);
}

/** How a metric went over a run. */
export interface MetricSummary {
  readonly last: number;
  readonly min: number;
  readonly max: number;
}

/** Each metric of metrics.jsonl by its name; what is not finite is passed over. */
export function summarizeMetrics(file: string): Map<string, MetricSummary> {
  const summaries = new Map<string, MetricSummary>();
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  for (const line of lines) {
    for (const [name, value] of Object.entries(parsed(line) ?? {})) {
      if (name === 'step' || typeof value !== 'number') continue;
      const { min = value, max = value } = summaries.get(name) ?? {};
      summaries.set(name, { last: value, min: Math.min(min, value), max: Math.max(max, value) });
    }
  }
  return summaries;
}

function stepOf(line: string): number {
  return (parsed(line) as { step: number } | undefined)?.step ?? Infinity;
}

/** A line's object, or nothing where it is torn. */
function parsed(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
