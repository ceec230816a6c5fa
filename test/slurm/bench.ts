import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, Launcher } from '../../framework/kinds/launcher';
import { runConcurrently } from '../../framework/sweep/run-concurrently';
import { LocalLauncher, LocalSettings } from '../../plugins/launchers/local';
import { SlurmLauncher, SlurmSettings } from '../../plugins/launchers/slurm';
import { settingsOf } from '../support/settings';
import { Cluster } from './cluster';

const [LOCAL_JOBS = 1000, SLURM_JOBS = 100] = process.argv.slice(2).map(Number);
const AT_ONCE = 8;

/** Jobs of a second each, that compute nothing: what they take beyond that is the launcher's. `bench.ts [LOCAL [SLURM]]`: how many. */
async function bench(): Promise<void> {
  const cluster = await Cluster.start();
  Object.assign(process.env, cluster.environment);
  console.log(`Jobs of one second, ${AT_ONCE} at once`);
  try {
    const local = new LocalLauncher(settingsOf(LocalSettings));
    tell('Local', LOCAL_JOBS, await measured((folder) => oneByOne(local, jobsIn(folder, LOCAL_JOBS))));
    const single = new SlurmLauncher(settingsOf(SlurmSettings));
    tell('Slurm, one by one', SLURM_JOBS, await measured((folder) => oneByOne(single, jobsIn(folder, SLURM_JOBS))));
    const array = new SlurmLauncher(settingsOf(SlurmSettings));
    tell('Slurm, as an array', SLURM_JOBS, await measured((folder) => asOneArray(array, folder)));
  } finally {
    await cluster.stop();
  }
}

function tell(name: string, jobs: number, seconds: number): void {
  const each = ((seconds - Math.ceil(jobs / AT_ONCE)) * 1000 * AT_ONCE) / jobs;
  console.log(
    `${name.padEnd(20)} ${String(jobs).padStart(5)} jobs  ${seconds.toFixed(1).padStart(6)} s  ${each.toFixed(0).padStart(5)} ms beside the second of each job`,
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
  return runConcurrently(
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

async function asOneArray(launcher: Launcher, folder: string): Promise<void> {
  const handles = await launcher.submitAll({
    name: 'bench',
    jobs: jobsIn(folder, SLURM_JOBS),
    maxConcurrent: AT_ONCE,
    folder,
  });
  await launcher.release(handles);
  await Promise.all(handles.map((handle) => untilEnded(launcher, handle)));
}

async function untilEnded(launcher: Launcher, handle: string): Promise<void> {
  while (!(await launcher.hasEnded(handle))) await sleep(launcher.pollSeconds * 1000);
}

function jobsIn(root: string, count: number): Job[] {
  return Array.from({ length: count }, (_, number) => {
    const folder = join(root, String(number));
    mkdirSync(folder);
    const files = { stdout: join(folder, 'out'), stderr: join(folder, 'err'), folder };
    return { name: `bench-${number}`, command: ['sleep', '1'], environment: {}, ...files };
  });
}

void bench();
