import type { AskJobs } from '../run/status/refresh-job-status';

/** Asks the launchers of submitted runs how their jobs stand; what they are is loaded when somebody is asked. */
export const ask: AskJobs = async (jobs) => {
  const { askLaunchers } = await import('../experiment/launching/query-job-status');
  const { openLab } = await import('./lab');
  const tell = (text: string) => {
    console.error(text);
  };
  return askLaunchers(() => openLab(true).registry, tell)(jobs);
};
