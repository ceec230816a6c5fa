import { existsSync } from 'node:fs';
import * as v from 'valibot';
import { readJSON, writeJSON } from '../../util/json-file';
import { UserError } from '../../errors';
import type { Fingerprint } from '../../kinds/image-dataset';
import type { RunFolder } from '../../run/run-folder';

/**
 * Notes in a run's folder what its data are, or, where that is known, makes sure that they still are the same: on other data a run would
 * go on as if nothing had happened, and its curve would be that of two.
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
    .map((part) => `The ${part} were ${before[part] ?? 'none'}; now they are ${now[part] ?? 'none'}.`);
  if (differences.length === 0) return;
  throw new UserError(`The data have changed since ${folder.id} was started.`, {
    hints: [
      ...differences,
      `Put the data back as they were, or train on them as they are in a new run: exp rerun ${folder.id}`,
    ],
  });
}
