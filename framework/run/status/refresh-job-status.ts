import type { JobStatus } from '../../kinds/launcher';
import { statusByJob } from './job-status';
import type { RunFolder } from '../run-folder';
import { type Submission, readSubmission, writeSubmission } from './submission';
import type { ListedRun } from '../listing/list-runs';
import { type RunSummary, needsJobQuery } from '../listing/run-summary';

/** Asks launchers how jobs stand, by the jobs' handles; of some nothing may be known. */
export type JobStatusQuery = (jobs: readonly Submission[]) => Promise<ReadonlyMap<string, JobStatus>>;

/**
 * Asks how the jobs of runs stand that are not at their end by their own files, all at once; where there are none, nobody is asked.
 * That a job has ended is written down, since launchers forget.
 * @returns the runs as they stand
 */
export async function refreshJobStatuses(runs: readonly ListedRun[], ask: JobStatusQuery): Promise<ListedRun[]> {
  const jobs = new Map<ListedRun, Submission>();
  for (const run of runs) {
    if (!run.isUnsettled) continue;
    const job = readSubmission(run.folder);
    if (job) jobs.set(run, job);
  }
  if (jobs.size === 0) return [...runs];
  const standings = await ask([...jobs.values()]);
  return runs.map((run) => {
    const job = jobs.get(run);
    const status = job && standings.get(job.handle);
    return job && status ? refreshed(run, job, status) : run;
  });
}

/** The same for one run. */
export async function refreshJobStatus(
  folder: RunFolder,
  summary: RunSummary,
  ask: JobStatusQuery,
): Promise<RunSummary> {
  const { startedAt, status } = summary;
  const run = { folder, startedAt, summary, isUnsettled: needsJobQuery(folder, status) };
  return (await refreshJobStatuses([run], ask))[0]?.summary ?? summary;
}

function refreshed({ folder, startedAt, summary }: ListedRun, job: Submission, status: JobStatus): ListedRun {
  const isUnsettled = status.state !== 'ended';
  if (!isUnsettled) noteEnd(folder, job, status.exitReason);
  return { folder, startedAt, summary: { ...summary, ...statusByJob(summary.status, status) }, isUnsettled };
}

function noteEnd(folder: RunFolder, job: Submission, how: string | undefined): void {
  try {
    writeSubmission(folder, { ...job, endedAt: new Date().toISOString(), ...(how !== undefined && { how }) });
  } catch {
    // Another user's folder: whoever may write there will see it, too.
  }
}
