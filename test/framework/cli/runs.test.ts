import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { Attempt } from '../../../framework/run/status/attempt';
import { listRuns } from '../../../framework/run/listing/list-runs';
import { command } from '../../support/cli';
import { SMALL_CLASSIFIER, exp } from '../../support/exp';
import { makeRun } from '../../support/runs';
import { temporaryFolder } from '../../support/temporary';

describe('exp runs', () => {
  const root = temporaryFolder();
  const runs = (...args: string[]) => command(['runs', ...args], root());
  /** What a command printed that went well. */
  const output = async (...args: string[]) => {
    const { out, err, code } = await runs(...args);
    expect([code, err]).to.deep.equal([0, '']);
    return out;
  };

  beforeEach(() => {
    const points = (...losses: number[]) => losses.map((loss, index) => ({ step: (index + 1) * 10, loss }));
    makeRun(root(), {
      id: '20261122-120000',
      settings: { dataset: 'Digits', learningRate: 0.001 },
      points: points(3, 1, 2),
    });
    makeRun(root(), {
      id: '20261122-120001',
      record: { status: 'running' },
      settings: { dataset: 'MNIST', learningRate: 0.0001 },
      points: points(2, 1.23456),
    });
  });

  it('prints a table with the most important columns', async () => {
    const [heading, first, second] = (await output()).split('\n');
    expect(heading?.split(/\s+/)).to.deep.equal(['id', 'experiment', 'status', 'started', 'took', 'step', 'loss']);
    expect(first).to.match(/^20261122-120001 {2}diffuse {5}dead {7}2026-11-2\d \d\d:\d\d {2}- {5}20 {4}1\.235$/);
    expect(second).to.match(/^20261122-120000 {2}diffuse {5}completed {2}.{16} {2}1:00 {2}30 {4}2$/);
  });

  it('prints the runs and columns that are asked for', async () => {
    const args = ['--where', 'dataset=Digits', '--columns', 'id', 'loss.min', 'learningRate'];
    expect(await output('list', ...args)).to.equal(
      'id               loss.min  learningRate\n20261122-120000  1         0.001',
    );
    expect(await output('--limit', '1')).to.match(/1 of 2 runs shown; show all with --limit 0$/);
    expect(await output('--status', 'failed')).to.equal('No matching runs.');
  });

  it('prints JSON for programs', async () => {
    const all = JSON.parse(await output('--json', '--sort', 'loss')) as object[];
    expect(all.map((run) => (run as { id: string }).id)).to.deep.equal(['20261122-120001', '20261122-120000']);
    expect(all[1]).to.deep.include({ status: 'completed', folder: join(root(), 'diffuse/20261122-120000'), step: 30 });
  });

  it('refuses wrong arguments before anything is done', async () => {
    const cases: [args: string[], message: RegExp][] = [
      [['--where', 'datset=Digits'], /^No run has a field, setting or metric "datset"\.\n {2}Did you mean dataset\?/],
      [['--status', 'ded'], /Choices: "running", "completed", "interrupted", "failed", "dead"/],
      [['--sort', ''], /^No run has a field, setting or metric ""\./],
      [['lst'], /^Unexpected argument "lst"/],
      [['show', 'never'], /^There is no run "never"/],
      [['show', '20261122'], /is ambiguous: it matches 2 runs/],
      [['compare', 'latest'], /^Expected at least two runs/],
      [['compare', 'latest', '20261122-120000', '--metric', 'los'], /has a metric los\.\n {2}Did you mean loss\?/],
      [['tag', 'latest', 'two words'], /Invalid tag: "two words"/],
      [['rm', 'latest', 'never'], /^There is no run "never"/],
      [['restore', 'latest'], /^The trash is empty/],
      [['prune', '--older', 'long'], /Invalid duration: "long"/],
    ];
    for (const [args, message] of cases) {
      const { err, code } = await runs(...args);
      expect(err, args.join(' ')).to.match(message);
      expect(code, args.join(' ')).to.be.greaterThan(0);
    }
    expect(listRuns(root()).runs).to.have.length(2);
  });

  it('is refused if the runs folder is a file', async () => {
    const file = join(root(), 'file');
    writeFileSync(file, '');
    for (const args of [['runs'], ['runs', 'show', 'latest']]) {
      const { err, code } = await command(args, file);
      expect([err, code]).to.deep.equal([`${file} is not a folder.\n  EXPLAB_RUNS sets the folder of all runs.`, 1]);
    }
  });

  it('show prints what is recorded', async () => {
    await output('tag', '20261122-120000', 'baseline');
    await output('note', '20261122-120000', 'the first');
    const shown = await output('show', '20261122-120000');
    for (const line of [
      /^run {9}diffuse 20261122-120000$/m,
      /^status {6}completed$/m,
      /^tags {8}baseline$/m,
      /^note {8}the first$/m,
      /^command {5}exp run diffuse$/m,
      /^learningRate {2}0\.001 {3}command line$/m,
      /^loss {4}2 {5}1 {4}3$/m,
    ])
      expect(shown).to.match(line);
    expect(await output('show', 'latest')).to.match(/^status {6}dead \(.*exp resume/m);
    expect(JSON.parse(await output('show', 'latest', '--json'))).to.nested.include({
      'summary.status': 'dead',
      'record.status': 'running',
      'settings.dataset.value': 'MNIST',
    });
  });

  it('compare prints different settings and metrics, and plots curves', async () => {
    const compared = await output('compare', '20261122-120000', 'latest');
    expect(compared).to.match(/^learningRate {2}0\.001 {12}0\.0001$/m);
    expect(compared).to.match(/^loss {4}20261122-120000 \* {2}2 {6}1 @ 20 {6}3 @ 10$/m);
    expect(compared).to.match(/^ {8}20261122-120001 {4}1\.235 {2}1\.235 @ 20 {2}2 @ 10$/m);
    expect(compared).to.match(/\n\nloss\n20261122-120000\n.*▲\n.*┤/);
    const { settings, metrics } = JSON.parse(await output('compare', '20261122-120000', 'latest', '--json')) as {
      settings: object;
      metrics: object;
    };
    expect(settings).to.deep.equal({ dataset: ['Digits', 'MNIST'], learningRate: [0.001, 0.0001] });
    expect(metrics).to.nested.include({ 'loss[1].min.step': 20 });
  });

  it('list shows the metric, not a setting of its name, and compare marks no best learning rate or gradient norm', async () => {
    for (const [id, norm] of [['a', 1] as const, ['b', 2] as const]) {
      const point = { step: 1, loss: norm, 'generator/gradientNorm': norm, 'generator/learningRate': norm };
      makeRun(root(), { id, settings: { loss: 'wasserstein' }, points: [point] });
    }
    const lines = (await output('--where', 'loss=wasserstein', '--sort', 'id')).split('\n');
    expect(lines.slice(1).map((line) => line.split(/\s+/).at(-1))).to.have.members(['1', '2']);
    expect(await output('compare', 'a', 'b')).not.to.match(/ \* /);
  });

  it('tag and note are shown in the list', async () => {
    expect(await output('tag', 'latest', 'a', 'b')).to.equal('20261122-120001: a b');
    expect(await output('tag', 'latest', '--remove', 'a')).to.equal('20261122-120001: b');
    expect(await output('note', 'latest', 'too slow')).to.equal('20261122-120001: too slow');
    expect(await output('--where', 'tags=b')).to.match(/ b {5}too slow$/);
  });

  it('rm, restore and prune use the trash', async () => {
    expect(await output('rm', 'latest', '20261122-120001')).to.match(
      /^20261122-120001 moved to the trash\.\n.*restore/,
    );
    expect(await output('--json')).not.to.contain('20261122-120001');
    expect(await output('restore', '20261122-120001')).to.match(/^Restored 20261122-120001: /);
    await output('rm', 'latest');
    expect(await output('prune')).to.equal('The trash holds nothing removed more than 30d ago.');
    expect(await output('prune', '--older', '0d')).to.equal('20261122-120001 deleted.');
    expect((await runs('restore', 'latest')).err).to.equal('The trash is empty.');
  });

  it('rm refuses a run in progress', async () => {
    const attempt = Attempt.claim(listRuns(root()).runs[0]!.folder);
    expect((await runs('rm', 'latest')).err).to.match(/20261122-120001 is running/);
    attempt.end();
  });

  it('rerun --dry-run shows what would run, by its name, and creates nothing', async () => {
    makeRun(root(), { id: 'b', record: { experiment: 'classify', overrides: ['seed=3'] } });
    const args = ['rerun', 'b', 'learningRate=0.5', '--name', 'again', '--dry-run'];
    const { out, err, code } = await command(args, root());
    expect([err, code]).to.deep.equal(['', 0]);
    expect(out).to.match(/^classify would be written to .*classify\/ID-again, with\n/);
    expect(out)
      .to.match(/learningRate=0\.5 /)
      .and.to.match(/seed=3 /);
    expect(existsSync(join(root(), 'classify'))).to.equal(false);
  });

  it('export packs a run', async () => {
    const file = join(root(), 'run.tar.gz');
    expect(await output('export', 'latest', file)).to.contain('Unpack it with: tar -xzf');
    expect(existsSync(file)).to.equal(true);
  });
});

describe('a run that is killed', () => {
  const root = temporaryFolder();

  it('is dead, and resumed by one of two processes that try', async () => {
    const args = [...SMALL_CLASSIFIER, 'checkpoint.everySteps=1', 'maxSteps=100000', 'trackers=[JSONL]'];
    const killed = await exp(['run', 'classify', ...args], {
      runs: root(),
      onOutput: (text, child) => void (text.includes('Prepare model') && killWhenSaved(child)),
    });
    expect(killed.code).to.equal(null);
    const status = async () => (JSON.parse((await command(['runs', '--json'], root())).out) as { status: string }[])[0];
    expect(await status()).to.include({ status: 'dead' });

    const resumed = exp(['resume', 'latest'], {
      runs: root(),
      onOutput: (text, child) => void (text.includes('Resumed') && refuseAnother().finally(() => child.kill('SIGINT'))),
    });
    const { code, stdout } = await resumed;
    expect(code, stdout).to.equal(130);
    expect(stdout).to.contain('is dead. Taking over.');
    expect(await status()).to.include({ status: 'interrupted' });
  });

  async function killWhenSaved(child: { kill(signal: 'SIGKILL'): boolean }): Promise<void> {
    const [run = ''] = readdirSync(join(root(), 'classify'));
    while (!existsSync(join(root(), 'classify', run, 'checkpoints/1'))) await sleep(5);
    child.kill('SIGKILL');
  }

  async function refuseAnother(): Promise<void> {
    const { err, code } = await command(['resume', 'latest'], root());
    expect(err).to.match(/is being written by process \d+ on/);
    expect(code).to.equal(1);
  }
});
