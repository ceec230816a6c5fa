import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { command } from '../../support/cli';
import { makeRun } from '../../support/runs';
import { temporaryFolder } from '../../support/temporary';

describe('The words of a command', () => {
  const runs = temporaryFolder();
  const told = (...words: string[]) => command(words, runs());
  const printed = async (...words: string[]) => (await told(...words)).out;

  describe('after --', () => {
    it('are settings where a command takes settings', async () => {
      const run = await printed('run', 'classify', 'epochs=1', '--dry-run', '--', 'seed=7', 'learningRate=5');
      expect(run).to.match(/epochs=1 [^]*seed=7 [^]*learningRate=5 /);
      expect(await printed('explain', 'classify', '--', 'seed=7')).to.match(/─ seed = 7 .*on the command line/);
    });

    it('do not belong to an option before it', async () => {
      const plan = await printed('sweep', 'classify', '--dry-run', '--sweep', 'jobs=2', '--', 'seed=1,2');
      expect(plan).to.match(/^2 jobs, 2 at once\nJob 0: run classify seed=1 /);
    });

    it('may begin with a dash', async () => {
      const { path } = makeRun(runs(), { id: 'a' });
      expect((await told('runs', 'note', 'a', '--', '--raw is worse')).code).to.equal(0);
      expect(readFileSync(join(path, 'labels.json'), 'utf8')).to.contain('"--raw is worse"');
      expect(await told('run', 'classify', '--', '--dry-run')).to.deep.include({ code: 2 });
    });

    it('are refused by name where a command takes none', async () => {
      for (const words of [['doctor'], ['runs', 'list'], ['list', 'classify']]) {
        const { code, err } = await told(...words, '--', '-x');
        expect([code, err.split('\n')[0]]).to.deep.equal([2, 'Unknown argument: -x']);
      }
    });
  });
});
