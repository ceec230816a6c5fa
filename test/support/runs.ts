import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunFolder } from '../../framework/run/run-folder';
import type { RunRecord } from '../../framework/run/run-record';

/** What a made run is like. */
export interface MadeRun {
  readonly id: string;
  readonly experiment?: string;
  readonly record?: Partial<RunRecord>;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Values of metrics, by step. */
  readonly points?: readonly Readonly<Record<string, number | string>>[];
}

/** Makes a run of files, as one leaves them that was trained. It is completed, and took a minute, unless it is told otherwise. */
export function makeRun(root: string, { id, experiment = 'diffuse', record, settings, points }: MadeRun): RunFolder {
  const folder = new RunFolder(join(root, experiment, id));
  mkdirSync(folder.path, { recursive: true });
  const written: RunRecord = {
    experiment,
    id,
    status: 'completed',
    pid: 1,
    command: ['run', experiment],
    overrides: [],
    startedAt: '2026-11-22T12:00:00.000Z',
    endedAt: '2026-11-22T12:01:00.000Z',
    versions: { explab: '0.1.0' },
    ...record,
  };
  writeFileSync(folder.record, JSON.stringify(written));
  const entries = Object.entries(settings ?? {}).map(([key, value]) => [key, { value, origin: 'command line' }]);
  writeFileSync(folder.config, JSON.stringify({ experiment, settings: Object.fromEntries(entries) as unknown }));
  if (points) writeFileSync(folder.metrics, points.map((point) => `${JSON.stringify(point)}\n`).join(''));
  return folder;
}
