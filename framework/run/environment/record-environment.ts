import type { Monitor } from '../../monitor/monitor';
import type { Attempt } from '../status/attempt';
import type { RunFolder } from '../run-folder';
import { type EnvironmentRecord, recordEnvironment } from './environment-record';

/** Maximum number of excluded files reported by name. */
const MAX_REPORTED = 3;

/** Records the environment of a process that writes a run, and logs what the record lacks. */
export async function recordAndCompareEnvironment(
  { path }: Attempt,
  { root }: RunFolder,
  versions: Readonly<Record<string, string>>,
  monitor: Monitor,
): Promise<void> {
  for (const line of describeGaps(await recordEnvironment(path, root, versions))) monitor.log(line);
}

function describeGaps({ source, sourceUnknown }: EnvironmentRecord): string[] {
  if (sourceUnknown !== undefined) return [`The code is not recorded: ${sourceUnknown}`];
  if (!source || source.leftOutCount === 0) return [];
  const listed = source.leftOut.slice(0, MAX_REPORTED).map(({ path, reason }) => `${path} (${reason})`);
  const others = source.leftOutCount - listed.length;
  return [`Excluded from the record of the code: ${listed.join(', ')}${others > 0 ? ` and ${others} more` : ''}.`];
}
