import { existsSync } from 'node:fs';
import * as v from 'valibot';
import { readJSON, writeJSON } from '../../util/json-file';
import { UserError } from '../../errors';
import type { Fingerprint } from '../../kinds/dataset';
import type { RunFolder } from '../../run/run-folder';
import { commandName } from '../../util/command-name';

/**
 * Records the fingerprint of the data in a run's folder, or compares it with the recorded one: a run that silently continued on
 * different data would have a meaningless curve.
 * @throws UserError naming each part that differs
 */
export function checkDataFingerprint(folder: RunFolder, now: Fingerprint): void {
  if (!existsSync(folder.data)) {
    writeJSON(folder.data, now);
    return;
  }
  const before = readJSON(folder.data, v.record(v.string(), v.string()));
  const parts = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  const differences = parts
    .filter((part) => before[part] !== now[part])
    .map((part) => `${part}: ${before[part] ?? 'none'} → ${now[part] ?? 'none'}`);
  if (differences.length === 0) return;
  throw new UserError(`The data have changed since ${folder.id} was started.`, {
    hints: [
      ...differences,
      `Restore the data, or train on the changed data in a new run: ${commandName()} rerun ${folder.id}`,
    ],
  });
}
