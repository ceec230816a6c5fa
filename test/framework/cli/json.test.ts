import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { command } from '../../support/cli';
import { temporaryFolder } from '../../support/temporary';

const RUNS = join(__dirname, '../../fixtures/runs');
const ID = '20261128-071105-old';

/** What scripts read stays as version 0.1.0 printed it. */
describe('the output of --json', () => {
  const root = temporaryFolder();
  const printed = async (...args: string[]): Promise<unknown> => {
    const { out, err } = await command([...args, '--json'], RUNS);
    expect(err).not.to.contain('Unknown');
    return JSON.parse(out);
  };

  it('of exp runs show has the keys of run.json and config.json', async () => {
    const { record, settings } = (await printed('runs', 'show', ID)) as {
      record: Record<string, unknown>;
      settings: Record<string, object>;
    };
    expect(record).to.include.keys(
      'experiment',
      'id',
      'status',
      'command',
      'overrides',
      'given',
      'configs',
      'versions',
    );
    expect((record['given'] as object[])[0]).to.have.keys('key', 'text', 'origin', 'place');
    expect(settings['batchSize']).to.deep.equal({
      value: 8,
      origin: 'command line',
      ['place']: 'on the command line, 2nd of 15 settings',
      role: 'hyperparameter',
    });
  });

  it('of exp compare-recipe and exp sweep --dry-run keeps its keys', async () => {
    expect(await printed('compare-recipe', ID)).to.include.keys('recipe', 'differences', 'places', 'total');
    expect(await printed('sweep', 'classify', 'seed=1,2', '--dry-run')).to.have.keys(
      'total',
      'places',
      'command',
      'jobs',
    );
  });

  it('of exp list and exp plugins has the same key for what cannot be loaded', async () => {
    const before = process.env['EXPLAB_ROOT'];
    process.env['EXPLAB_ROOT'] = root();
    mkdirSync(join(root(), 'plugins/bad'), { recursive: true });
    writeFileSync(join(root(), 'plugins/bad/index.ts'), 'throw undefined;');
    try {
      for (const name of ['list', 'plugins']) {
        const { broken } = JSON.parse((await command([name, '--json'], root())).out) as { broken: object[] };
        expect(broken).to.deep.equal([
          { file: 'plugins/bad/index.ts', error: 'cannot be loaded: it throws undefined, which is no Error' },
        ]);
      }
    } finally {
      if (before === undefined) delete process.env['EXPLAB_ROOT'];
      else process.env['EXPLAB_ROOT'] = before;
    }
  });
});
