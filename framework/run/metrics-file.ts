import { closeSync, openSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { linesOf } from '../util/json-lines';
import { temporaryPath } from '../util/temporary-path';

/** Removes the lines after a step from metrics.jsonl, so that a resumed run does not duplicate them; also an incomplete last line. */
export function rewindMetrics(file: string, step: number): void {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return;
  const temporary = temporaryPath(file);
  const descriptor = openSync(temporary, 'w');
  try {
    for (const line of linesOf(file)) if (stepOf(line) <= step) writeFileSync(descriptor, `${line}\n`);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, file);
}

function stepOf(line: string): number {
  try {
    return (JSON.parse(line) as { step: number }).step;
  } catch {
    return Infinity;
  }
}
