import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { strict as assert } from 'node:assert';
import type { Job, Launcher } from '../kinds/launcher';
import { currentRunner } from './test-runner';

/** A job by the shell, whose files are in a folder of its own. */
export function shellJob(folder: string, script: string, others: Partial<Job> = {}): Job {
  mkdirSync(folder, { recursive: true });
  return {
    name: 'test-0',
    command: ['/bin/sh', '-c', script],
    environment: { GREETING: "it's done" },
    stdout: join(folder, 'out'),
    stderr: join(folder, 'err'),
    folder,
    ...others,
  };
}

/** What a job has printed on its standard output. */
export const saidBy = ({ stdout }: Job): string => (existsSync(stdout) ? readFileSync(stdout, 'utf8') : '');

export async function untilEnded(launcher: Launcher, handle: string): Promise<void> {
  while (!(await launcher.hasEnded(handle))) await sleep(20);
}

/**
 * What holds for every launcher; a plugin's test calls it within its own `describe`.
 * @param make a new launcher each time
 * @param folder gives one for the test
 * @param runner by default the one whose functions are global, or node:test
 */
export function itBehavesLikeALauncher(
  make: () => Launcher,
  folder: () => string,
  { describe, it } = currentRunner(),
): void {
  describe('as a launcher', () => {
    const job = (script: string) => shellJob(join(folder(), 'a job'), script);

    /** Submits and releases a job. @returns its handle, once the job says that it is ready */
    async function ready(launcher: Launcher, submitted: Job): Promise<string> {
      const handle = await launcher.submit(submitted);
      await launcher.release([handle]);
      while (!saidBy(submitted).includes('ready\n')) await sleep(20);
      return handle;
    }

    it('is available here', async () => {
      await make().check();
    });

    it('runs a job once it is released, with its variables, and its output in files', async () => {
      const launcher = make();
      const submitted = job('echo $GREETING; echo trouble >&2');
      const handle = await launcher.submit(submitted);
      await sleep(200);
      assert.deepEqual([saidBy(submitted), await launcher.hasEnded(handle)], ['', false]);
      await launcher.release([handle]);
      await untilEnded(launcher, handle);
      assert.equal(saidBy(submitted), "it's done\n");
      assert.equal(readFileSync(submitted.stderr, 'utf8'), 'trouble\n');
      // Again to no effect, as by a sweep that is resumed.
      await launcher.release([handle]);
    });

    it('passes arguments unchanged', async () => {
      const launcher = make();
      const args = ['two words', "a 'quote'", '$HOME', '"', '[1,2]', 'a\\b', 'é', ''];
      const submitted = { ...job(''), command: ['/usr/bin/printf', '%s\\n', ...args] };
      const handle = await launcher.submit(submitted);
      await launcher.release([handle]);
      await untilEnded(launcher, handle);
      assert.equal(saidBy(submitted), args.map((word) => `${word}\n`).join(''));
    });

    it('finds a job by its handle alone, and ends it', async () => {
      const handle = await ready(make(), job('echo ready; exec sleep 60'));
      const other = make();
      assert.deepEqual(await other.status(handle), { state: 'running' });
      await other.cancel([handle]);
      await untilEnded(other, handle);
      // Again to no effect.
      await other.cancel([handle]);
    });

    it('gives a job time to save before it ends', async () => {
      const launcher = make();
      const submitted = job('trap "echo saved; exit" INT TERM; echo ready; while :; do sleep 0.05; done');
      const handle = await ready(launcher, submitted);
      await launcher.cancel([handle]);
      await untilEnded(launcher, handle);
      assert.equal(saidBy(submitted), 'ready\nsaved\n');
    });

    it('never runs a job that is cancelled before it is released', async () => {
      const launcher = make();
      const submitted = job('echo done');
      const handle = await launcher.submit(submitted);
      await launcher.cancel([handle]);
      await untilEnded(launcher, handle);
      await launcher.release([handle]);
      await launcher.cancel([handle]);
      assert.equal(saidBy(submitted), '');
    });

    it('submits many jobs at once, each with its handle', async () => {
      const launcher = make();
      const jobs = [0, 1, 2].map((number) => shellJob(join(folder(), String(number)), `echo job ${number}`));
      const handles = await launcher.submitAll({ name: 'many', jobs, maxConcurrent: 2, folder: folder() });
      assert.equal(new Set(handles).size, 3);
      await launcher.release(handles);
      for (const handle of handles) await untilEnded(launcher, handle);
      assert.deepEqual(jobs.map(saidBy), ['job 0\n', 'job 1\n', 'job 2\n']);
    });
  });
}
