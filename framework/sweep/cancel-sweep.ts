import type { Registry } from '../config/resolve/registry';
import { SweepAssembly } from './assembly';
import { readJob } from './job-record';
import { readPlan } from './plan';
import type { SweepFolder } from './sweep-folder';
import { readSweepRecord } from './sweep-record';

/**
 * Asks the jobs of a sweep to save their state and end, whether or not a process looks after the sweep. One that does, and submits jobs
 * one by one, goes on with the next: that one is ended by Ctrl-C.
 * @returns how many were asked
 */
export async function cancelSweep(registry: Registry, folder: SweepFolder): Promise<number> {
  const { settings } = new SweepAssembly(registry, readSweepRecord(folder).sweep);
  const { launcher } = settings;
  const jobs = readPlan(folder).map((_, number) => readJob(folder, number));
  const handles = jobs.flatMap(({ state, handle }) => (state === 'running' && handle !== undefined ? [handle] : []));
  const ended = await Promise.all(handles.map((handle) => launcher.hasEnded(handle)));
  const left = handles.filter((_, index) => !ended[index]);
  await launcher.cancel(left);
  return left.length;
}
