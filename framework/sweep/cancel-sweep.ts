import type { Registry } from '../config/resolve/registry';
import { SweepContainer } from './sweep-container';
import { readJob } from './job-record';
import { readPlan } from './plan';
import type { SweepFolder } from './sweep-folder';
import { readSweepRecord } from './sweep-record';

/**
 * Asks the running jobs of a sweep to save their state and end, whether or not a process manages the sweep. A process that submits jobs
 * one by one continues with the next; end it with Ctrl-C.
 * @returns number of cancelled jobs
 */
export async function cancelSweep(registry: Registry, folder: SweepFolder): Promise<number> {
  const { settings } = new SweepContainer(registry, readSweepRecord(folder).sweep);
  const { launcher } = settings;
  const jobs = readPlan(folder).map((_, number) => readJob(folder, number));
  const handles = jobs.flatMap(({ state, handle }) => (state === 'running' && handle !== undefined ? [handle] : []));
  const ended = await Promise.all(handles.map((handle) => launcher.hasEnded(handle)));
  const active = handles.filter((_, index) => !ended[index]);
  await launcher.cancel(active);
  return active.length;
}
