import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';

/** Takes the lines after a step out of metrics.jsonl, so that a resumed run writes them once. A torn last line goes too. */
export function rewindMetrics(file: string, step: number): void {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return;
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => stepOf(line) <= step);
  const aside = `${file}.${process.pid}.tmp`;
  writeFileSync(aside, lines.map((line) => `${line}\n`).join(''));
  renameSync(aside, file);
}

function stepOf(line: string): number {
  try {
    return (JSON.parse(line) as { step: number }).step;
  } catch {
    return Infinity;
  }
}
