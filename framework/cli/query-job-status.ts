import type { JobStatusQuery } from '../run/status/refresh-job-status';

/** Queries the launchers of submitted runs for the status of their jobs. Loads plugins only if there is a job to query. */
export const queryJobStatus: JobStatusQuery = async (jobs) => {
  const { jobStatusQuery } = await import('../experiment/launching/query-job-status');
  const { createContext } = await import('./command-context');
  const log = (text: string) => {
    console.error(text);
  };
  return jobStatusQuery(() => createContext(true).registry, log)(jobs);
};
