import { join } from 'node:path';
import { expect } from 'chai';
import { SlurmLauncher, SlurmSettings } from '../../plugins/launchers/slurm';
import { shellJob, untilEnded } from '../../framework/testing/launcher';
import { settingsOf } from '../support/settings';
import { temporaryFolder } from '../support/temporary';
import { until } from './cluster';
import { withCluster } from './with-cluster';

describe('On a Slurm with accounting', function () {
  this.timeout(600_000);
  const cluster = withCluster({ accounts: true });
  const folder = temporaryFolder();
  const launcher = new SlurmLauncher(settingsOf(SlurmSettings, {}));

  for (const [script, state] of [
    ['exit 0', 'COMPLETED'],
    ['exit 3', 'FAILED'],
  ] as const) {
    it(`a job that is no longer in the queue is reported as ${state.toLowerCase()}`, async () => {
      const handle = await launcher.submit(shellJob(join(folder(), 'job'), script));
      await launcher.release([handle]);
      await untilEnded(launcher, handle);
      await until('the queue has forgotten it', () => !inQueue(handle));
      expect(await launcher.status(handle)).to.deep.equal({ state: 'ended', exitReason: state });
    });
  }

  it('so are the jobs of an array', async () => {
    const jobs = ['exit 0', 'exit 3'].map((script, index) => shellJob(join(folder(), String(index)), script));
    const handles = await launcher.submitAll({ name: 'array', jobs, maxConcurrent: 2, folder: folder() });
    await launcher.release(handles);
    for (const handle of handles) await untilEnded(launcher, handle);
    await until('the queue has forgotten them', () => !handles.some(inQueue));
    const standings = await Promise.all(handles.map((handle) => launcher.status(handle)));
    expect(standings.map(({ exitReason }) => exitReason)).to.deep.equal(['COMPLETED', 'FAILED']);
  });

  /** Whether Slurm's controller remembers a job. */
  function inQueue(handle: string): boolean {
    return cluster().ask('squeue', '--noheader', '--array', '--states=all', '--format=%i').split('\n').includes(handle);
  }
});
