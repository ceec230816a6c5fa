import {
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { expect } from 'chai';
import { value } from '../../../framework/config/declare/declare';
import { parseOverrides, plainOverride } from '../../../framework/config/parse/override';
import { gatherOverrides } from '../../../framework/config/parse/gather-overrides';
import { overwriteJSON } from '../../../framework/util/json-file';
import { findCheckpoint } from '../../../framework/run/find-checkpoint';
import { allRuns, findRun, foldersOfRuns } from '../../../framework/run/find-run';
import { summarizeMetrics } from '../../../framework/run/metric-summary';
import { rewindMetrics } from '../../../framework/run/metrics-file';
import { newestFirst } from '../../../framework/run/newest-first';
import { RunFolder } from '../../../framework/run/run-folder';
import { recordedOverrides, readRecord, startRecord, updateRecord } from '../../../framework/run/run-record';
import { configOf } from '../../support/config';
import { makeRun } from '../../support/runs';
import { temporaryFolder } from '../../support/temporary';

const NOON = new Date(2026, 10, 22, 12, 0, 7);

describe('the folder of a run', () => {
  const root = temporaryFolder();

  it('is named by the time, and numbered if that name is taken', () => {
    const ids = Array.from({ length: 20 }, () => RunFolder.create(root(), 'diffuse', NOON).id);
    expect(ids.slice(0, 3)).to.deep.equal(['20261122-120007', '20261122-120007-2', '20261122-120007-3']);
    expect(readdirSync(join(root(), 'diffuse'))).to.have.length(20);
  });

  it('can be given a plain name that is not taken', () => {
    const folder = RunFolder.named(root(), 'diffuse', 'first-try');
    startRecord(folder, 'diffuse', [], {});
    expect(() => RunFolder.named(root(), 'diffuse', 'first-try')).to.throw(/a run with this id already exists/);
    for (const id of ['../up', '/etc/x', '', '.', '..', '-rf', 'a/b', 'a\nb', 'a\0b', 'x'.repeat(300)]) {
      expect(() => RunFolder.named(root(), 'diffuse', id), id).to.throw(/expected 1 to 100 letters/);
    }
    expect(readdirSync(join(root(), 'diffuse'))).to.deep.equal(['first-try']);
  });

  it('has a record that can be changed, and no temporary file remains', () => {
    const folder = RunFolder.create(root(), 'diffuse', NOON);
    startRecord(folder, 'diffuse', parseOverrides(['epochs=3']), { tensorflow: '2.21.0' });
    updateRecord(folder, { status: 'completed' });
    const record = readRecord(folder);
    expect([record.experiment, record.status, record.overrides, record.versions['tensorflow']]).to.deep.equal([
      'diffuse',
      'completed',
      ['epochs=3'],
      '2.21.0',
    ]);
    expect(readdirSync(folder.path)).to.deep.equal(['run.json']);
  });
});

describe('the end of a run on a full disk', () => {
  const root = temporaryFolder();

  it('is written in place of its record if that is large enough; otherwise nothing changes', () => {
    const file = join(root(), 'run.json');
    writeFileSync(file, JSON.stringify({ status: 'running' }));
    expect(overwriteJSON(file, { status: 'failed', error: 'x'.repeat(1000) })).to.equal(true);
    expect(JSON.parse(readFileSync(file, 'utf8'))).to.deep.equal({ status: 'failed', error: 'x'.repeat(1000) });
    expect(overwriteJSON(file, { status: 'failed', error: 'x'.repeat(5000) })).to.equal(false);
    expect(overwriteJSON(file, { status: 'failed' })).to.equal(true);
    expect(readFileSync(file, 'utf8')).to.equal('{"status":"failed"}\n');
  });
});

describe('the settings that a run was started with', () => {
  const root = temporaryFolder();

  class Settings {
    size = value(1);
    name = value('?');
    list = value([1]);
  }

  it('are the same when it resumes, whatever its files and variables contain by then', () => {
    const file = join(root(), 'config.yaml');
    writeFileSync(file, 'size: 2\nname: ${env:WHERE}/x\n');
    const environment = { EXPLAB_SET: 'size=7 +list=5', WHERE: '/home' };
    const overrides = gatherOverrides({ args: ['+list=${size}'], files: [file], environment });
    const folder = RunFolder.create(root(), 'diffuse', NOON);
    startRecord(folder, 'diffuse', overrides, {});
    writeFileSync(file, 'size: 99\n');
    const record = readRecord(folder);
    expect(record.overrides).to.deep.equal(['size=7', '+list=5', 'size=2', 'name="${env:WHERE}/x"', '+list=${size}']);
    const { settings } = configOf(Settings, { overrides: recordedOverrides(record) });
    expect([settings.size, settings.name, settings.list]).to.deep.equal([2, '/home/x', [1, 5, 2]]);
    expect(recordedOverrides(record)).to.deep.equal(overrides.map(plainOverride));
  });

  it('are those of the command line, in the record of an older version', () => {
    const folder = RunFolder.create(root(), 'diffuse', NOON);
    startRecord(folder, 'diffuse', parseOverrides(['size=3']), {});
    const { parsedOverrides: _, ...older } = readRecord(folder);
    expect(configOf(Settings, { overrides: recordedOverrides(older) }).settings.size).to.equal(3);
  });
});

describe('finding a run', () => {
  const root = temporaryFolder();
  const make = (experiment: string, second: number) => {
    const folder = RunFolder.create(root(), experiment, new Date(2026, 0, 1, 0, 0, second));
    startRecord(folder, experiment, [], {});
    return folder;
  };

  it('accepts an id, a folder or latest', () => {
    const [first, second] = [make('diffuse', 1), make('classify', 2)];
    expect(findRun(root(), first.id).path).to.equal(first.path);
    expect(findRun(root(), first.path).path).to.equal(first.path);
    expect(findRun(root(), 'latest').path).to.equal(second.path);
  });

  it('accepts the name given to a run, and prefers the later of two', () => {
    const named = (name: string, second: number) => {
      const folder = RunFolder.create(root(), 'diffuse', new Date(2026, 0, 1, 0, 0, second), name);
      startRecord(folder, 'diffuse', [], {});
      return folder;
    };
    const [older, newer, again] = [named('base', 1), named('base', 2), named('base', 2)];
    expect([older.id, newer.id, again.id]).to.deep.equal([
      '20260101-000001-base',
      '20260101-000002-base',
      '20260101-000002-base-2',
    ]);
    expect(findRun(root(), 'base').path).to.equal(again.path);
    expect(findRun(root(), older.id).path).to.equal(older.path);
    expect(() => findRun(root(), '-2')).to.throw(/There is no run "-2"/);
    expect(findRun(root(), 'latest').path).to.equal(again.path);
  });

  it('accepts a unique prefix of an id', () => {
    const [first, second] = [make('diffuse', 1), make('diffuse', 12)];
    expect(findRun(root(), '20260101-00001').path).to.equal(second.path);
    expect(() => findRun(root(), '20260101'))
      .to.throw('"20260101" is ambiguous: it matches 2 runs.')
      .with.nested.property('hints[0]', 'diffuse/20260101-000001, diffuse/20260101-000012');
    make('diffuse', 1);
    expect(findRun(root(), '20260101-000001').path, 'a whole id before a beginning').to.equal(first.path);
  });

  it('accepts an experiment before the id, if two have a run of the same second', () => {
    const [first] = [make('diffuse', 1), make('classify', 1)];
    expect(() => findRun(root(), first.id)).to.throw(`"${first.id}" is ambiguous: it matches 2 runs.`);
    expect(findRun(root(), `diffuse/${first.id}`).path).to.equal(first.path);
  });

  it('suggests the closest id if there is no match', () => {
    make('diffuse', 1);
    expect(() => findRun(root(), '20260101-000002'))
      .to.throw(/^There is no run "20260101-000002"/)
      .with.nested.property('hints[0]', 'Did you mean 20260101-000001? The latest runs: 20260101-000001.');
  });

  it('explains how to start one if there are none', () => {
    const nowhere = join(root(), 'nowhere');
    expect(() => findRun(nowhere, 'x'))
      .to.throw(`There is no run "x" in ${nowhere}.`)
      .with.nested.property('hints[0]', 'There are no runs yet: exp run EXPERIMENT');
    expect(() => findRun(nowhere, 'latest'))
      .to.throw(`There are no runs yet in ${nowhere}.`)
      .with.nested.property('hints[0]', 'Start one: exp run EXPERIMENT');
  });

  it('finds the run that was started last, whatever its name and whatever has changed since', () => {
    const times = { zebra: '10:00', '20260101-000009': '12:00', baseline: '11:00', '20271231-235959': '09:00' };
    for (const [id, time] of Object.entries(times))
      makeRun(root(), { id, record: { startedAt: `2026-01-01T${time}Z` } });
    const newest = () => [...newestFirst(foldersOfRuns(root()))].map(({ id }) => id);
    const wanted = ['20260101-000009', 'baseline', 'zebra', '20271231-235959'];
    expect([findRun(root(), 'latest').id, newest()]).to.deep.equal([wanted[0], wanted]);
    // A record is never older than what it tells; these were changed in another order than they were started.
    for (const [index, id] of ['baseline', '20271231-235959', '20260101-000009', 'zebra'].entries()) {
      const changed = Date.parse('2026-01-01T12:00Z') / 1000 + index * 7200;
      utimesSync(join(root(), 'diffuse', id, 'run.json'), changed, changed);
    }
    expect(newest()).to.deep.equal(wanted);
  });

  it('follows links to a run or an experiment, and stops at circular and dangling links', () => {
    const elsewhere = join(root(), '.elsewhere');
    const [run, other] = ['a', 'b'].map((id) => makeRun(elsewhere, { id }));
    symlinkSync(join(elsewhere, 'diffuse'), join(root(), 'linked'));
    mkdirSync(join(root(), 'diffuse'));
    symlinkSync(`../.elsewhere/diffuse/a`, join(root(), 'diffuse/c'));
    symlinkSync('loop', join(root(), 'loop'));
    symlinkSync('nowhere', join(root(), 'gone'));
    expect(allRuns(root()).map(({ path }) => relative(root(), path))).to.deep.equal([
      'linked/a',
      'linked/b',
      'diffuse/c',
    ]);
    expect(realpathSync(findRun(root(), 'b').path)).to.equal(realpathSync(other!.path));
    expect(realpathSync(findRun(root(), 'c').path)).to.equal(realpathSync(run!.path));
  });

  it('skips folders that are not runs', () => {
    mkdirSync(join(root(), 'diffuse', 'notes'), { recursive: true });
    expect(allRuns(root())).to.deep.equal([]);
  });
});

describe('finding a checkpoint', () => {
  const root = temporaryFolder();

  beforeEach(() => {
    const run = (id: string, hour: string) => makeRun(root(), { id, record: { startedAt: `2026-01-01T${hour}:00Z` } });
    mkdirSync(join(run('20260101-100000-base', '10').checkpoints, '5'), { recursive: true });
    run('20260101-110000-base', '11');
    run('failed', '12');
    const other = makeRun(root(), {
      id: 'other',
      experiment: 'classify',
      record: { startedAt: '2026-01-01T11:30:00Z' },
    });
    mkdirSync(join(other.checkpoints, '7'), { recursive: true });
  });

  it('selects the latest run that has one, and names the run that has none', async () => {
    const said: string[] = [];
    for (const name of ['latest', 'base']) {
      const { run } = await findCheckpoint(root(), name, (text) => said.push(text));
      expect(run.id).to.equal('20260101-100000-base');
    }
    expect(said).to.deep.equal([
      'failed has no checkpoint; using 20260101-100000-base, the latest run of that experiment that has one.',
      '20260101-110000-base has no checkpoint; using 20260101-100000-base, the latest run of that experiment that has one.',
    ]);
  });

  it('selects the run itself if it is given by id, if none has a checkpoint, or if none is needed', async () => {
    const none = () => expect.fail('nothing is to be said');
    expect((await findCheckpoint(root(), 'failed', none)).run.id).to.equal('failed');
    expect((await findCheckpoint(root(), 'latest')).run.id).to.equal('failed');
    rmSync(join(root(), 'diffuse/20260101-100000-base'), { recursive: true });
    expect((await findCheckpoint(root(), 'latest', none)).run.id).to.equal('failed');
  });
});

describe('the summary of metrics', () => {
  const root = temporaryFolder();

  it('has the last, minimum and maximum of each, without values that are not numbers', () => {
    const file = join(root(), 'metrics.jsonl');
    writeFileSync(
      file,
      '{"step":1,"loss":3}\n{"step":2,"loss":1,"rate":0.5}\n{"step":3,"loss":"NaN"}\n{"step":4,"loss":2}\n{"s',
    );
    expect(Object.fromEntries(summarizeMetrics(file))).to.deep.equal({
      loss: { last: 2, min: 1, max: 3 },
      rate: { last: 0.5, min: 0.5, max: 0.5 },
    });
    expect(summarizeMetrics(join(root(), 'nowhere')).size).to.equal(0);
  });
});

describe('the metrics of a resumed run', () => {
  const root = temporaryFolder();

  it('are rewound to the checkpoint, without a torn last line', () => {
    const file = join(root(), 'metrics.jsonl');
    writeFileSync(file, '{"step":10,"loss":1}\n{"step":20,"loss":2}\n{"step":30,"loss":3}\n{"step":4');
    rewindMetrics(file, 20);
    expect(readFileSync(file, 'utf8')).to.equal('{"step":10,"loss":1}\n{"step":20,"loss":2}\n');
  });
});
