import type { Registry } from '../../config/resolve/registry';
import { UserError } from '../../errors';
import type { JobStatus } from '../../kinds/launcher';
import type { JobStatusQuery } from '../../run/status/refresh-job-status';
import { chooseLauncher } from './choose-launcher';

/**
 * Creates a query of the job status of submitted runs. Jobs whose launcher cannot be queried are missing from its result.
 * @param registry called when a launcher is queried
 * @param log receives the reason why a launcher cannot be queried
 */
export function jobStatusQuery(registry: () => Registry, log: (text: string) => void): JobStatusQuery {
  return async (jobs) => {
    const names = new Set(jobs.map(({ launcher }) => launcher));
    const statuses: [string, JobStatus][] = [];
    for (const name of names) {
      const handles = jobs.filter(({ launcher }) => launcher === name).map(({ handle }) => handle);
      try {
        const { launcher } = chooseLauncher(registry(), name, []);
        const query = async (handle: string): Promise<[string, JobStatus]> => [handle, await launcher.status(handle)];
        statuses.push(...(await Promise.all(handles.map(query))));
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        log(`Cannot query the jobs of ${name}: ${error.message}`);
      }
    }
    return new Map(statuses);
  };
}
