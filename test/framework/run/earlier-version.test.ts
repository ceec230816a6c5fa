import { cpSync, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { command } from '../../support/cli';
import { exp } from '../../support/exp';
import { temporaryFolder } from '../../support/temporary';

const RUNS = join(__dirname, '../../fixtures/runs');
const ID = '20261128-071105-old';

type Metrics = Readonly<Record<string, number>>;

describe('a run of an earlier version', () => {
  const folder = temporaryFolder();
  const run = async (...args: string[]) => {
    const ended = await exp(args, { runs: folder() });
    expect(ended.code, ended.stderr).to.equal(0);
    return ended.stdout;
  };

  beforeEach(() => {
    cpSync(join(RUNS, 'diffuse'), join(folder(), 'diffuse'), { recursive: true });
  });

  it('is listed, shown and compared', async () => {
    const list = await command(['runs', 'list', '--json'], folder());
    expect(JSON.parse(list.out)).to.containSubset([
      { id: ID, status: 'interrupted', step: 7, tags: ['kept'], note: 'Made by an earlier version.' },
    ]);
    const { out } = await command(['runs', 'show', ID], folder());
    expect(out)
      .to.match(/^batchSize +8 +command line$/m)
      .and.match(/^loss +0\.9799 +0\.9799 +1\.182$/m);
    cpSync(join(RUNS, 'diffuse', ID), join(folder(), 'diffuse/20261128-071106-copy'), { recursive: true });
    const compared = await command(['runs', 'compare', ID, '20261128-071106-copy'], folder());
    expect(compared.out).to.match(/^ +20261128-071106-copy +0\.9799 +0\.9799 @ 7/m);
  });

  it('can be sampled from and exported', async () => {
    const [png, weights, archive] = ['grid.png', 'weights.safetensors', 'run.tar.gz'].map((name) =>
      join(folder(), name),
    );
    await Promise.all([
      run('sample', ID, '--n', '4', '--out', png!),
      run('export-weights', ID, '--out', weights!),
      run('runs', 'export', ID, archive!),
    ]);
    for (const file of [png, weights, archive]) expect(statSync(file!).size).to.be.greaterThan(1000);
  });

  it('is resumed with its tuned learning rate, to the numbers of its original version', async () => {
    await run('resume', ID, 'maxSteps=15');
    const lines = (file: string) => {
      const text = readFileSync(file, 'utf8').trim();
      return text
        .split('\n')
        .map((line) => JSON.parse(line) as Metrics)
        .filter((line) => !('artifact' in line));
    };
    const resumed = lines(join(folder(), 'diffuse', ID, 'metrics.jsonl')).slice(7);
    const expected = lines(join(RUNS, 'continued.jsonl'));
    expect(resumed.map(({ step }) => step)).to.deep.equal(expected.map(({ step }) => step));
    for (const [index, metrics] of expected.entries())
      for (const [name, value] of Object.entries(metrics))
        expect(resumed[index]?.[name]).to.be.closeTo(value, 1e-4, name);
    const record = JSON.parse(readFileSync(join(folder(), 'diffuse', ID, 'run.json'), 'utf8')) as Record<
      string,
      object[]
    >;
    expect(record['given']?.[0]).to.include({ key: 'imageSize', ['place']: 'on the command line, 1st of 15 settings' });
  });

  it('is rerun', async () => {
    await run('rerun', ID, 'maxSteps=2', '--name', 'again');
    const { out } = await command(['runs', 'list', '--json'], folder());
    expect((JSON.parse(out) as { id: string; step: number }[]).find(({ id }) => id.endsWith('-again'))?.step).to.equal(
      2,
    );
    expect(existsSync(join(folder(), 'diffuse', ID, 'checkpoints/7'))).to.equal(true);
  });
});
