import type { AskJobs } from '../run/listing/settle';

/** Asks the launchers of submitted runs how their jobs stand; what they are is loaded when somebody is asked. */
export const ask: AskJobs = async (jobs) => {
  const { askLaunchers } = await import('../experiment/ask-launchers');
  const { openLab } = await import('./lab');
  const tell = (text: string) => {
    console.error(text);
  };
  return askLaunchers(() => openLab(true).registry, tell)(jobs);
};
