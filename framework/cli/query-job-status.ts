import type { JobStatusQuery } from '../run/status/refresh-job-status';

/** Asks the launchers of submitted runs how their jobs stand; what they are is loaded when somebody is asked. */
export const queryJobStatus: JobStatusQuery = async (jobs) => {
  const { jobStatusQuery } = await import('../experiment/launching/query-job-status');
  const { openLab } = await import('./lab');
  const tell = (text: string) => {
    console.error(text);
  };
  return jobStatusQuery(() => openLab(true).registry, tell)(jobs);
};
