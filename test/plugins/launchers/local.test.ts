import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LocalLauncher, LocalSettings } from '../../../plugins/launchers/local';
import { settingsOf } from '../../support/settings';
import { temporaryFolder } from '../../support/temporary';

const launcherOf = (settings: Partial<LocalSettings> = {}) => new LocalLauncher(settingsOf(LocalSettings, settings));

describe('The local launcher', () => {
  const folder = temporaryFolder();

  /** A job by the shell. */
  const job = (script: string) => ({
    name: 'test-0',
    command: ['/bin/sh', '-c', script],
    environment: { GREETING: 'done' },
    stdout: join(folder(), 'out'),
    stderr: join(folder(), 'err'),
  });
  const said = () => readFileSync(join(folder(), 'out'), 'utf8');
  const ended = async (launcher: LocalLauncher, handle: string) => {
    while (!launcher.hasEnded(handle)) await sleep(10);
  };

  it('runs a job once it is released, with its output in files', async () => {
    const launcher = launcherOf();
    const handle = await launcher.submit(job('echo $GREETING; echo trouble >&2'));
    expect([said(), launcher.hasEnded(handle)]).to.deep.equal(['', false]);
    launcher.release(handle);
    await ended(launcher, handle);
    expect([said(), readFileSync(join(folder(), 'err'), 'utf8')]).to.deep.equal(['done\n', 'trouble\n']);
  });

  it('finds a job again by its handle alone', async () => {
    const first = launcherOf();
    const handle = await first.submit(job('exec sleep 60'));
    first.release(handle);
    const other = launcherOf();
    expect(other.hasEnded(handle)).to.equal(false);
    other.cancel(handle);
    await ended(other, handle);
    other.cancel(handle);
  });

  it('asks a job to end by the signal of Ctrl-C', async () => {
    const launcher = launcherOf();
    const handle = await launcher.submit(job('trap "echo saved; exit" INT; echo ready; while :; do sleep 0.01; done'));
    launcher.release(handle);
    while (said() !== 'ready\n') await sleep(10);
    launcher.cancel(handle);
    await ended(launcher, handle);
    expect(said()).to.equal('ready\nsaved\n');
  });

  it('never runs a job that is cancelled before it is released', async () => {
    const launcher = launcherOf();
    const handle = await launcher.submit(job('echo done'));
    launcher.cancel(handle);
    await ended(launcher, handle);
    launcher.release(handle);
    launcher.cancel(handle);
    expect(said()).to.equal('');
  });

  it('does not take another process for a job whose number it has', () => {
    expect(launcherOf().hasEnded(`${hostname()}/${process.pid}/1`)).to.equal(true);
  });

  it("refuses to look after another machine's job", () => {
    expect(() => launcherOf().hasEnded('elsewhere/1/1')).to.throw(/^A job was started on elsewhere/);
  });

  it('shares the cores out among the jobs, unless it is told', () => {
    const share = String(Math.max(1, Math.floor(availableParallelism() / 2)));
    expect(launcherOf({ jobs: 2 }).defaults).to.deep.equal({ threads: share });
    expect(launcherOf({ jobs: 10_000 }).defaults).to.deep.equal({ threads: '1' });
    expect(launcherOf({ jobs: 2, threads: 3 }).defaults).to.deep.equal({ threads: '3' });
    expect(launcherOf().defaults).to.deep.equal({});
  });
});
