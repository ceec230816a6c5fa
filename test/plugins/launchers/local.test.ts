import { expect } from 'chai';
import { availableParallelism, hostname } from 'node:os';
import { LocalLauncher, LocalSettings } from '../../../plugins/launchers/local';
import { itBehavesLikeALauncher } from '../../contracts/launcher';
import { rejection } from '../../support/rejection';
import { settingsOf } from '../../support/settings';
import { temporaryFolder } from '../../support/temporary';

const launcherOf = (settings: Partial<LocalSettings> = {}) => new LocalLauncher(settingsOf(LocalSettings, settings));

describe('The local launcher', () => {
  itBehavesLikeALauncher(launcherOf, temporaryFolder());

  it('does not take another process for a job whose number it has', async () => {
    expect(await launcherOf().hasEnded(`${hostname()}/${process.pid}/1`)).to.equal(true);
  });

  it("refuses to look after another machine's job", async () => {
    const refused = await rejection(launcherOf().hasEnded('elsewhere/1/1'));
    expect(refused)
      .to.have.property('message')
      .that.matches(/^The job was started on elsewhere/);
  });

  it('shares the cores out among the jobs, unless it is told', () => {
    const share = String(Math.max(1, Math.floor(availableParallelism() / 2)));
    expect(launcherOf({ jobs: 2 }).defaults).to.deep.equal({ threads: share });
    expect(launcherOf({ jobs: 10_000 }).defaults).to.deep.equal({ threads: '1' });
    expect(launcherOf({ jobs: 2, threads: 3 }).defaults).to.deep.equal({ threads: '3' });
    expect(launcherOf().defaults).to.deep.equal({});
  });
});
