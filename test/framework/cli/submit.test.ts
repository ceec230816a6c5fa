import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { RunRecord } from '../../../framework/run/run-record';
import { QUICK, exp } from '../../support/exp';
import { makeRun } from '../../support/runs';
import { temporaryFolder } from '../../support/temporary';

// test/slurm does the same on a real Slurm.
describe('exp run --launcher', () => {
  const runs = temporaryFolder();
  const run = (...args: string[]) => exp(['run', 'diffuse', ...QUICK, ...args], { runs: runs() });

  it('submits a run with its record to the launcher, and the job takes over its folder', async () => {
    const started = await run('maxSteps=2', '--launcher', 'local', '--set', 'launcher.threads=1', '--json');
    expect(started.code, started.stderr).to.equal(0);
    const { folder, status } = JSON.parse(started.stdout) as { folder: string; status: string };
    expect(status).to.equal('queued');
    const record = () => JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as RunRecord;
    while (record().status !== 'completed') await sleep(50);
    expect(record().command.slice(0, 2)).to.deep.equal(['run', 'diffuse']);
    expect(record().overrides).to.include('threads=1').and.to.include('maxSteps=2');
    expect(JSON.parse(readFileSync(join(folder, 'job.json'), 'utf8'))).to.deep.include({
      launcher: 'Local',
      settings: ['launcher.threads=1'],
    });
    // It is said after it is recorded.
    while (!readFileSync(join(folder, 'job.log'), 'utf8').includes('Completed after 2 steps')) await sleep(50);
    expect(readdirSync(join(runs(), 'diffuse'))).to.have.length(1);
  });

  it('refuses mistakes in both sets of settings before anything is created', async () => {
    const wrong = await Promise.all([
      run('--launcher', 'slurmm'),
      run('--launcher', 'local', 'launcher.thread=2'),
      run('launcher.threads=2'),
      run('--launcher', 'local', 'epoch=2'),
    ]);
    expect(wrong.map(({ code }) => code)).to.deep.equal([2, 2, 2, 2]);
    expect(wrong[0].stderr).to.contain('Did you mean Slurm?');
    expect(wrong[1].stderr).to.contain('Did you mean launcher.threads?');
    expect(wrong[2].stderr).to.contain('launcher.threads=2 is a launcher setting, but no launcher is selected.');
    expect(wrong[3].stderr).to.contain('Did you mean epochs?');
    expect(readdirSync(runs())).to.deep.equal([]);
  });

  it('cancels only submitted runs that have not ended', async () => {
    makeRun(runs(), { id: 'plain', record: { status: 'interrupted' } });
    const refused = await exp(['runs', 'cancel', 'plain'], { runs: runs() });
    expect([refused.code, refused.stderr]).to.deep.equal([1, 'plain was not submitted to a launcher.\n']);
  });
});
