import { expect } from 'chai';
import { availableParallelism, hostname } from 'node:os';
import { LocalLauncher, LocalSettings } from '../../../plugins/launchers/local';
import { itBehavesLikeALauncher } from '../../../framework/testing/launcher';
import { rejection } from '../../support/rejection';
import { settingsOf } from '../../support/settings';
import { temporaryFolder } from '../../support/temporary';

const launcherOf = (settings: Partial<LocalSettings> = {}) => new LocalLauncher(settingsOf(LocalSettings, settings));

describe('The local launcher', () => {
  itBehavesLikeALauncher(launcherOf, temporaryFolder());

  it('does not mistake a process with a reused id for a job', async () => {
    expect(await launcherOf().hasEnded(`${hostname()}/${process.pid}/1`)).to.equal(true);
  });

  it('refuses to manage a job of a different machine', async () => {
    const refused = await rejection(launcherOf().hasEnded('elsewhere/1/1'));
    expect(refused)
      .to.have.property('message')
      .that.matches(/^The job was started on elsewhere/);
  });

  it('divides the cores among the jobs by default', () => {
    const share = String(Math.max(1, Math.floor(availableParallelism() / 2)));
    expect(launcherOf({ jobs: 2 }).defaults).to.deep.equal({ threads: share });
    expect(launcherOf({ jobs: 10_000 }).defaults).to.deep.equal({ threads: '1' });
    expect(launcherOf({ jobs: 2, threads: 3 }).defaults).to.deep.equal({ threads: '3' });
    expect(launcherOf().defaults).to.deep.equal({});
  });
});
