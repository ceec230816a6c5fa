import type { JobStatus } from '../../kinds/launcher';
import { statusByJob } from './job-status';
import type { RunFolder } from '../run-folder';
import { type Submission, readSubmission, writeSubmission } from './submission';
import type { ListedRun } from '../listing/list-runs';
import { type RunSummary, needsJobQuery } from '../listing/run-summary';

/** Queries launchers for the status of jobs, by handle; the status of some may be unknown. */
export type JobStatusQuery = (jobs: readonly Submission[]) => Promise<ReadonlyMap<string, JobStatus>>;

/**
 * Queries the job status of all runs that have not ended by their own files, in one query if there are any. The end of a job is
 * recorded, since launchers forget.
 * @returns the runs with their current status
 */
export async function refreshJobStatuses(runs: readonly ListedRun[], query: JobStatusQuery): Promise<ListedRun[]> {
  const jobs = new Map<ListedRun, Submission>();
  for (const run of runs) {
    if (!run.isUnsettled) continue;
    const job = readSubmission(run.folder);
    if (job) jobs.set(run, job);
  }
  if (jobs.size === 0) return [...runs];
  const statuses = await query([...jobs.values()]);
  return runs.map((run) => {
    const job = jobs.get(run);
    const status = job && statuses.get(job.handle);
    return job && status ? withJobStatus(run, job, status) : run;
  });
}

/** Same as `refreshJobStatuses` for one run. */
export async function refreshJobStatus(
  folder: RunFolder,
  summary: RunSummary,
  query: JobStatusQuery,
): Promise<RunSummary> {
  const { startedAt, status } = summary;
  const run = { folder, startedAt, summary, isUnsettled: needsJobQuery(folder, status) };
  return (await refreshJobStatuses([run], query))[0]?.summary ?? summary;
}

function withJobStatus({ folder, startedAt, summary }: ListedRun, job: Submission, status: JobStatus): ListedRun {
  const isUnsettled = status.state !== 'ended';
  if (!isUnsettled) recordJobEnd(folder, job, status.exitReason);
  return { folder, startedAt, summary: { ...summary, ...statusByJob(summary.status, status) }, isUnsettled };
}

function recordJobEnd(folder: RunFolder, job: Submission, exitReason: string | undefined): void {
  try {
    writeSubmission(folder, {
      ...job,
      endedAt: new Date().toISOString(),
      ...(exitReason !== undefined && { how: exitReason }),
    });
  } catch {
    // Another user's folder, which that user's commands will update.
  }
}
