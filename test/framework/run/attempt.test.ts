import { readFileSync, readdirSync, utimesSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect } from 'chai';
import { writeJSON } from '../../../framework/util/json-file';
import { UserError } from '../../../framework/errors';
import { Attempt, type AttemptRecord, isBeingWritten } from '../../../framework/run/status/attempt';
import { RunFolder } from '../../../framework/run/run-folder';
import { startRecord, statusOf } from '../../../framework/run/run-record';
import { Claimant } from '../../support/claimants';
import { temporaryFolder } from '../../support/temporary';

describe('writing a run', () => {
  const root = temporaryFolder();
  const started: Claimant[] = [];
  let run: RunFolder;
  beforeEach(() => {
    run = RunFolder.create(root(), 'diffuse');
    startRecord(run, 'diffuse', [], {});
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((process) => process.kill()));
  });

  const start = async () => {
    const process = await Claimant.start(root(), run.path);
    started.push(process);
    return process;
  };
  const processFile = () => join(run.attempts, '1/process.json');
  const change = (record: Partial<AttemptRecord>) =>
    writeJSON(processFile(), { ...(JSON.parse(readFileSync(processFile(), 'utf8')) as AttemptRecord), ...record });
  const beatenAt = (secondsAgo: number) => {
    const time = Date.now() / 1000 - secondsAgo;
    utimesSync(processFile(), time, time);
  };

  it('is reserved to one process, and passes to the next when that one has ended', () => {
    const attempt = Attempt.claim(run);
    expect(() => Attempt.claim(run)).to.throw(UserError, `is being written by process ${process.pid} on`);
    expect(statusOf(run)).to.equal('running');
    attempt.end();
    const next = Attempt.claim(run);
    expect([basename(next.path), next.takenOver]).to.deep.equal(['2', undefined]);
    next.end();
  });

  it('by a killed process leaves it dead, and it can be taken over', async () => {
    const writer = await start();
    expect((await writer.go()).claimed).to.equal(join(run.attempts, '1'));
    expect(statusOf(run)).to.equal('running');
    expect(() => Attempt.claim(run)).to.throw(UserError, `process ${writer.pid} on`);
    await writer.kill();
    expect(statusOf(run)).to.equal('dead');
    const attempt = Attempt.claim(run);
    expect(attempt.takenOver?.pid).to.equal(writer.pid);
    expect(statusOf(run)).to.equal('running');
    attempt.end();
  });

  it('is not attributed to a later process with the same id', () => {
    const attempt = Attempt.claim(run);
    change({ start: (JSON.parse(readFileSync(processFile(), 'utf8')) as AttemptRecord).start.replace(/\d+$/, '1') });
    expect([isBeingWritten(run), statusOf(run)]).to.deep.equal([false, 'dead']);
    attempt.end();
  });

  for (const [where, record] of [
    ['in another container of that host name', { namespace: 'pid:[1]' }],
    ['on another machine of that host name, or before this one was started again', { start: 'another boot/4711' }],
  ] as const) {
    it(`${where} is judged by its heartbeat, and never taken over while that is fresh`, () => {
      const attempt = Attempt.claim(run);
      change(record);
      expect(statusOf(run)).to.equal('running');
      expect(() => Attempt.claim(run))
        .to.throw(UserError)
        .with.nested.property('hints[0]')
        .that.matches(/in another container\. If it is dead, wait 1(7\d|80) s until/);
      beatenAt(181);
      expect(statusOf(run)).to.equal('dead');
      const next = Attempt.claim(run);
      expect(next.takenOver).to.include({ pid: process.pid });
      next.end();
      attempt.end();
    });
  }

  it('ends for a process that was silent for too long, once the run was taken over', () => {
    const sleeper = Attempt.claim(run);
    sleeper.checkWriter();
    change({ host: 'elsewhere' });
    beatenAt(181);
    const next = Attempt.claim(run);
    expect(sleeper.isOvertaken).to.equal(true);
    expect(() => sleeper.checkWriter())
      .to.throw(UserError, `Process ${process.pid} on`)
      .with.nested.property('hints[0]');
    next.checkWriter();
    next.end();
    sleeper.end();
  });

  it('on another machine is judged by its heartbeat', () => {
    const attempt = Attempt.claim(run);
    change({ host: 'elsewhere', pid: 1 });
    expect(statusOf(run)).to.equal('running');
    beatenAt(3600);
    expect(statusOf(run)).to.equal('dead');
    attempt.end();
  });

  it('is in progress while its process is stopped or busy, whatever the heartbeat says', () => {
    const attempt = Attempt.claim(run);
    beatenAt(3600);
    expect(statusOf(run)).to.equal('running');
    attempt.end();
  });

  it('is granted to one of twenty processes that take over at once; their new runs in that second have separate folders', async () => {
    const dead = await start();
    await dead.go();
    await dead.kill();
    const all = await Promise.all(Array.from({ length: 20 }, start));
    const claims = await Promise.all(all.map((process) => process.go()));
    expect(claims.flatMap(({ claimed }) => claimed ?? [])).to.deep.equal([join(run.attempts, '2')]);
    expect(claims.flatMap(({ refused }) => refused ?? [])).to.have.length(19);
    expect(new Set(claims.map(({ made }) => made)).size).to.equal(20);
    expect(readdirSync(run.attempts)).to.have.members(['1', '2']);
  });
});
