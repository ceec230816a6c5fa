import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { command } from '../../support/cli';
import { makeRun } from '../../support/runs';
import { temporaryFolder } from '../../support/temporary';

describe('The arguments of a command', () => {
  const runs = temporaryFolder();
  const output = (...args: string[]) => command(args, runs());
  const printed = async (...args: string[]) => (await output(...args)).out;

  describe('after --', () => {
    it('are settings if the command accepts settings', async () => {
      const run = await printed('run', 'classify', 'epochs=1', '--dry-run', '--', 'seed=7', 'learningRate=5');
      expect(run).to.match(/epochs=1 [^]*seed=7 [^]*learningRate=5 /);
      expect(await printed('explain', 'classify', '--', 'seed=7')).to.match(/─ seed = 7 .*on the command line/);
    });

    it('do not belong to an option before it', async () => {
      const plan = await printed('sweep', 'classify', '--dry-run', '--sweep', 'jobs=2', '--', 'seed=1,2');
      expect(plan).to.match(/^2 jobs, 2 at a time\nJob 0: run classify seed=1 /);
    });

    it('may begin with a dash', async () => {
      const { path } = makeRun(runs(), { id: 'a' });
      expect((await output('runs', 'note', 'a', '--', '--raw is worse')).code).to.equal(0);
      expect(readFileSync(join(path, 'labels.json'), 'utf8')).to.contain('"--raw is worse"');
      expect(await output('run', 'classify', '--', '--dry-run')).to.deep.include({ code: 2 });
    });

    it('are refused by name if the command accepts none', async () => {
      for (const args of [['doctor'], ['runs', 'list'], ['list', 'classify']]) {
        const { code, err } = await output(...args, '--', '-x');
        expect([code, err.split('\n')[0]]).to.deep.equal([2, 'Unexpected argument "-x".']);
      }
    });
  });

  describe('that repeat an option', () => {
    it('use the last value', async () => {
      makeRun(runs(), { id: 'a', points: [{ step: 1, loss: 2 }] });
      const explained = await printed('explain', 'classify', '--format', 'tree', '--format', 'json');
      expect(JSON.parse(explained)).to.have.property('experiment', 'classify');
      const listed = await printed('runs', '--sort', 'step', '--sort', 'loss', '--json', '--json');
      expect((JSON.parse(listed) as { id: string }[]).map(({ id }) => id)).to.deep.equal(['a']);
      const launched = ['--launcher', 'slurm', '--launcher', 'local', '--dry-run'];
      expect(await printed('run', 'classify', ...launched)).to.match(/^Local would start it/);
      expect(await output('run', '--from', 'a', '--from', 'nowhere', '--dry-run')).to.include({ code: 1 });
    });

    it('use all values if the option accepts several', async () => {
      const run = await printed('run', 'classify', '--set', 'epochs=1', '--dry-run', '--set', 'seed=7');
      expect(run).to.match(/epochs=1 [^]*seed=7 /);
      makeRun(runs(), { id: 'a', settings: { seed: 1 } });
      makeRun(runs(), { id: 'b', settings: { seed: 2 } });
      const listed = await printed('runs', '--where', 'seed>0', '--where', 'seed<2', '--json');
      expect((JSON.parse(listed) as { id: string }[]).map(({ id }) => id)).to.deep.equal(['a']);
    });
  });

  it('expand ~ to the home folder also after =, where the shell does not', async () => {
    const { code, err } = await output('explain', 'classify', '--config=~/nowhere.yaml');
    expect([code, err]).to.deep.equal([2, `${join(homedir(), 'nowhere.yaml')}: no such file.`]);
  });
});
