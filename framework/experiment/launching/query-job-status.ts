import type { Registry } from '../../config/resolve/registry';
import { UserError } from '../../errors';
import type { Standing } from '../../kinds/launcher';
import type { AskJobs } from '../../run/status/refresh-job-status';
import { chooseLauncher } from './choose-launcher';

/**
 * Asks the launchers of runs how their jobs stand. Of a launcher that cannot be asked here nothing is known.
 * @param registry opened when somebody is asked
 * @param say told why somebody cannot be asked
 */
export function askLaunchers(registry: () => Registry, say: (text: string) => void): AskJobs {
  return async (jobs) => {
    const names = new Set(jobs.map(({ launcher }) => launcher));
    const found: [string, Standing][] = [];
    for (const name of names) {
      const handles = jobs.filter(({ launcher }) => launcher === name).map(({ handle }) => handle);
      try {
        const { launcher } = chooseLauncher(registry(), name, []);
        const ask = async (handle: string): Promise<[string, Standing]> => [handle, await launcher.standing(handle)];
        found.push(...(await Promise.all(handles.map(ask))));
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        say(`How the jobs of ${name} stand is not known: ${error.message}`);
      }
    }
    return new Map(found);
  };
}
