import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { UserError } from '../../framework/errors';
import { checkDataFingerprint } from '../../framework/experiment/lifecycle/data-fingerprint';
import { Attempt, isBeingWritten } from '../../framework/run/status/attempt';
import { readConfig } from '../../framework/run/config-file';
import { readEnvironment } from '../../framework/run/environment/environment-record';
import { readEvaluations } from '../../framework/run/evaluations';
import { readLabels } from '../../framework/run/labels';
import { listRuns } from '../../framework/run/listing/list-runs';
import { summarizeRun } from '../../framework/run/listing/run-summary';
import { rewindMetrics } from '../../framework/run/metrics-file';
import { LogFile } from '../../framework/run/log-file';
import { RunFolder } from '../../framework/run/run-folder';
import { readRecord } from '../../framework/run/run-record';
import { readSubmission } from '../../framework/run/status/submission';
import { readSweepRecord } from '../../framework/sweep/sweep-record';
import { SweepFolder } from '../../framework/sweep/sweep-folder';
import { readJob } from '../../framework/sweep/job-record';
import { readPlan } from '../../framework/sweep/plan';
import { exp } from '../support/exp';
import { JSONLTracker } from '../../plugins/trackers/jsonl';
import { makeRun } from '../support/runs';
import { temporaryFolder } from '../support/temporary';

/** JSON of another kind than any record, with a record's keys and without. */
const DAMAGED = [
  'null',
  '[]',
  '{}',
  '"text"',
  '7',
  '{"tags":7,"status":[],"settings":null,"pid":"x","state":1}',
  '{"id',
  '',
];

describe('a damaged record', () => {
  const root = temporaryFolder();

  /** Each file of a run or a sweep, and who reads it. `{}` is a whole one where every key may be missing. */
  const readers: readonly (readonly [name: string, read: (folder: RunFolder) => unknown, mayBeEmpty?: boolean])[] = [
    ['run.json', readRecord],
    ['config.json', readConfig],
    ['labels.json', readLabels],
    ['job.json', readSubmission],
    ['data.json', (folder) => checkDataFingerprint(folder, {}), true],
    ['attempts/1/environment.json', readEnvironment],
    ['evaluations.jsonl', readEvaluations],
    ['sweep.json', ({ path }) => readSweepRecord(new SweepFolder(path))],
    ['jobs/0/job.json', ({ path }) => readJob(new SweepFolder(path), 0)],
    ['plan.json', ({ path }) => readPlan(new SweepFolder(path))],
  ];
  for (const [name, read, mayBeEmpty = false] of readers) {
    it(`is refused with its file name: ${name}`, () => {
      const run = makeRun(root(), { id: 'run' });
      mkdirSync(join(run.path, 'attempts/1'), { recursive: true });
      mkdirSync(join(run.path, 'jobs/0'), { recursive: true });
      const isLines = name.endsWith('.jsonl');
      for (const text of DAMAGED) {
        writeFileSync(join(run.path, name), isLines ? `${text}\n` : text);
        // A torn line is left out, and an empty plan is one.
        if (
          (isLines && !isJSON(text)) ||
          (mayBeEmpty && ['{}', '[]'].includes(text)) ||
          (name === 'plan.json' && text === '[]')
        )
          continue;
        expect(() => read(run), text).to.throw(UserError, join(run.path, name));
      }
    });
  }

  it('of one run never breaks the list of the others, and the run can be removed', async () => {
    makeRun(root(), { id: 'whole' });
    const files = ['run.json', 'config.json', 'labels.json', 'attempts/1/process.json'];
    for (const [position, name] of files.entries()) {
      const run = makeRun(root(), { id: `damaged-${position}`, record: { status: 'running' } });
      mkdirSync(join(run.path, 'attempts/1'), { recursive: true });
      writeFileSync(join(run.path, name), '[]');
    }
    for (const _ of ['read', 'from the index']) {
      const { runs, broken } = listRuns(root());
      expect(runs.map(({ folder }) => folder.id)).to.have.members(['whole', 'damaged-3']);
      expect(broken.map(({ error }) => error.message).join('\n')).to.match(/run\.json[^]*config\.json[^]*labels\.json/);
    }
    rmSync(join(root(), 'diffuse/damaged-3'), { recursive: true });
    const args = ['damaged-0', 'damaged-1', 'damaged-2'].map((id) => `diffuse/${id}`);
    const { code, stderr } = await exp(['runs', 'rm', ...args], { runs: root() });
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(listRuns(root()).broken).to.deep.equal([]);
  });

  it('that is a pipe is refused, and stops neither the list nor a run', () => {
    for (const [position, name] of ['run.json', 'config.json', 'labels.json', 'metrics.jsonl'].entries()) {
      const run = makeRun(root(), { id: `pipe-${position}` });
      rmSync(join(run.path, name), { force: true });
      execFileSync('mkfifo', [join(run.path, name)]);
    }
    const { runs, broken } = listRuns(root());
    expect([runs, broken.map(({ error }) => error.message.replace(/.*is damaged/, ''))]).to.deep.equal([
      [],
      Array<string>(4).fill(': it is not a file.'),
    ]);
    // To open it would wait for a reader.
    execFileSync('mkfifo', [join(root(), 'metrics.jsonl'), join(root(), 'log.txt')]);
    expect(() => new JSONLTracker(new RunFolder(root()))).to.throw(/ENXIO/);
    new LogFile(join(root(), 'log.txt'), []).close();
  });

  it('does not lead out of the run folder: the log follows no link', () => {
    writeFileSync(join(root(), 'precious'), 'mine');
    symlinkSync('precious', join(root(), 'log.txt'));
    const log = new LogFile(join(root(), 'log.txt'), []);
    log.write('what is printed\n');
    log.close();
    expect(readFileSync(join(root(), 'precious'), 'utf8')).to.equal('mine');
  });

  it('of a process is judged by its heartbeat', () => {
    const run = makeRun(root(), { id: 'run', record: { status: 'running' } });
    const attempt = Attempt.claim(run);
    writeFileSync(join(attempt.path, 'process.json'), 'null');
    expect(isBeingWritten(run)).to.equal(true);
    rmSync(join(attempt.path, 'process.json'));
    expect(isBeingWritten(run)).to.equal(false);
  });
});

describe('the index of runs', () => {
  const root = temporaryFolder();
  const ids = () => listRuns(root()).runs.map(({ summary }) => summary.id);

  it('is rebuilt if any byte of it has changed, or if it is a folder', () => {
    for (const id of ['a', 'b']) makeRun(root(), { id });
    ids();
    const index = join(root(), '.index');
    const whole = readFileSync(index);
    for (let at = 0; at < whole.length; at += 7) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      writeFileSync(index, damaged);
      expect(ids(), `byte ${at}`).to.have.members(['a', 'b']);
    }
    rmSync(index);
    mkdirSync(index);
    expect(ids()).to.have.members(['a', 'b']);
  });
});

describe('metrics that exceed the maximum length of a string', () => {
  const root = temporaryFolder();

  it('are summarized and rewound in chunks', function () {
    this.timeout(120_000);
    const run = makeRun(root(), { id: 'run', points: [{ step: 1, loss: 2 }] });
    const { size } = { size: readFileSync(run.metrics).length };
    // A hole of 600 MB, which takes no room: it reads as one line of zeros, which is no JSON.
    truncateSync(run.metrics, size + 600 * 2 ** 20);
    writeFileSync(run.metrics, '\n{"step":2,"loss":1}\n', { flag: 'a' });
    const { step, metrics } = summarizeRun(run);
    expect([step, metrics['loss']]).to.deep.equal([2, { last: 1, min: 1, max: 2 }]);
    rewindMetrics(run.metrics, 1);
    expect(readFileSync(run.metrics, 'utf8')).to.equal('{"step":1,"loss":2}\n');
    expect(existsSync(`${run.metrics}.${process.pid}.tmp`)).to.equal(false);
  });
});

function isJSON(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
