import type { Registry } from '../../config/resolve/registry';
import { UserError } from '../../errors';
import type { JobStatus } from '../../kinds/launcher';
import type { JobStatusQuery } from '../../run/status/refresh-job-status';
import { chooseLauncher } from './choose-launcher';

/**
 * Asks the launchers of runs how their jobs stand. Of a launcher that cannot be asked here nothing is known.
 * @param registry opened when somebody is asked
 * @param say told why somebody cannot be asked
 */
export function jobStatusQuery(registry: () => Registry, say: (text: string) => void): JobStatusQuery {
  return async (jobs) => {
    const names = new Set(jobs.map(({ launcher }) => launcher));
    const found: [string, JobStatus][] = [];
    for (const name of names) {
      const handles = jobs.filter(({ launcher }) => launcher === name).map(({ handle }) => handle);
      try {
        const { launcher } = chooseLauncher(registry(), name, []);
        const ask = async (handle: string): Promise<[string, JobStatus]> => [handle, await launcher.status(handle)];
        found.push(...(await Promise.all(handles.map(ask))));
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        say(`How the jobs of ${name} stand is not known: ${error.message}`);
      }
    }
    return new Map(found);
  };
}
