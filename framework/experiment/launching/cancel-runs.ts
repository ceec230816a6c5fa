import type { Registry } from '../../config/resolve/registry';
import { UserError } from '../../errors';
import { stopHint } from '../../run/status/attempt';
import { isFinal } from '../../run/status/job-status';
import { refreshJobStatus } from '../../run/status/refresh-job-status';
import { summarizeRun } from '../../run/listing/run-summary';
import type { RunFolder } from '../../run/run-folder';
import { type ActualStatus, readRecord } from '../../run/run-record';
import { type Submission, readSubmission } from '../../run/status/submission';
import { jobStatusQuery } from './query-job-status';
import { chooseLauncher } from './choose-launcher';

/**
 * Cancels submitted runs.
 * @returns the current status of each; a run that had not started is cancelled
 * @throws UserError if one was not submitted or has ended, before any is cancelled
 */
export async function cancelRuns(
  registry: Registry,
  folders: readonly RunFolder[],
): Promise<{ folder: RunFolder; status: ActualStatus }[]> {
  const jobs = folders.map(jobOf);
  for (const name of new Set(jobs.map(({ launcher }) => launcher))) {
    const handles = jobs.filter(({ launcher }) => launcher === name).map(({ handle }) => handle);
    await chooseLauncher(registry, name, []).launcher.cancel(handles);
  }
  const query = jobStatusQuery(
    () => registry,
    () => undefined,
  );
  return Promise.all(
    folders.map(async (folder) => ({
      folder,
      status: (await refreshJobStatus(folder, summarizeRun(folder), query)).status,
    })),
  );
}

function jobOf(folder: RunFolder): Submission {
  const { status } = readRecord(folder);
  const job = readSubmission(folder);
  if (!job) {
    const hint = status === 'running' ? stopHint(folder) : undefined;
    const hints = hint === undefined ? [] : [hint];
    throw new UserError(`${folder.id} was not submitted to a launcher.`, { hints });
  }
  if (isFinal(status) || job.endedAt !== undefined) throw new UserError(`${folder.id} has already ended: ${status}.`);
  return job;
}
