import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, Launcher } from '../../framework/kinds/launcher';
import { inPlaces } from '../../framework/sweep/places';
import { LocalLauncher, LocalSettings } from '../../plugins/launchers/local';
import { SlurmLauncher, SlurmSettings } from '../../plugins/launchers/slurm';
import { settingsOf } from '../support/settings';
import { Cluster } from './cluster';

const JOBS = Number(process.argv[2] ?? 100);
const AT_ONCE = 8;

/** Jobs of a second each, that compute nothing: what they take beyond that is the launcher's. */
async function bench(): Promise<void> {
  const cluster = await Cluster.start();
  Object.assign(process.env, cluster.environment);
  const ideal = Math.ceil(JOBS / AT_ONCE);
  console.log(`${JOBS} jobs of one second, ${AT_ONCE} at once: ${ideal} s of sleep`);
  try {
    const local = await measured((folder) => oneByOne(new LocalLauncher(settingsOf(LocalSettings)), jobsIn(folder)));
    tell('Local', local, ideal);
    const single = new SlurmLauncher(settingsOf(SlurmSettings));
    tell('Slurm, one by one', await measured((folder) => oneByOne(single, jobsIn(folder))), ideal);
    const array = new SlurmLauncher(settingsOf(SlurmSettings));
    tell('Slurm, as an array', await measured((folder) => together(array, folder)), ideal);
  } finally {
    await cluster.stop();
  }
}

function tell(name: string, seconds: number, ideal: number): void {
  const each = ((seconds - ideal) * 1000 * AT_ONCE) / JOBS;
  console.log(
    `${name.padEnd(20)} ${seconds.toFixed(1).padStart(6)} s  ${each.toFixed(0).padStart(5)} ms beside the second of each job`,
  );
}

async function measured(work: (folder: string) => Promise<void>): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'explab-bench-'));
  const start = performance.now();
  await work(folder);
  const seconds = (performance.now() - start) / 1000;
  rmSync(folder, { recursive: true, force: true });
  return seconds;
}

/** As a sweep does it whose jobs are not known beforehand. */
function oneByOne(launcher: Launcher, jobs: readonly Job[]): Promise<void> {
  return inPlaces(
    AT_ONCE,
    jobs,
    () => false,
    async (job) => {
      const handle = await launcher.submit(job);
      await launcher.release([handle]);
      await untilEnded(launcher, handle);
    },
  );
}

async function together(launcher: Launcher, folder: string): Promise<void> {
  const handles = await launcher.submitAll({ name: 'bench', jobs: jobsIn(folder), atOnce: AT_ONCE, folder });
  await launcher.release(handles);
  await Promise.all(handles.map((handle) => untilEnded(launcher, handle)));
}

async function untilEnded(launcher: Launcher, handle: string): Promise<void> {
  while (!(await launcher.hasEnded(handle))) await sleep(launcher.pollSeconds * 1000);
}

function jobsIn(root: string): Job[] {
  return Array.from({ length: JOBS }, (_, number) => {
    const folder = join(root, String(number));
    mkdirSync(folder);
    const files = { stdout: join(folder, 'out'), stderr: join(folder, 'err'), folder };
    return { name: `bench-${number}`, command: ['sleep', '1'], environment: {}, ...files };
  });
}

void bench();
