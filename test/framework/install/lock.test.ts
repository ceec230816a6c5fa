import { expect } from 'chai';
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isHeld, withLock } from '../../../framework/util/lock';
import { rejection } from '../../support/rejection';
import { temporaryFolder } from '../../support/temporary';
import { REGISTER } from '../../support/typescript';

describe('The lock of a setup', () => {
  const folder = temporaryFolder();
  const file = (): string => join(folder(), 'a.lock');
  const never = new AbortController().signal;
  const heldBy = (pid: number, host = hostname()): void => writeFileSync(file(), JSON.stringify({ pid, host }));
  const silent = (): void => undefined;
  const deadPid = (): number => spawnSync('true').pid;

  it('is held during the work, and released after it', async () => {
    expect(await withLock(file(), never, silent, () => Promise.resolve(isHeld(file())))).to.equal(true);
    expect(existsSync(file())).to.equal(false);
  });

  it('is released after failed work', async () => {
    await rejection(withLock(file(), never, silent, () => Promise.reject(new Error('broken'))));
    expect(existsSync(file())).to.equal(false);
  });

  it('is held by one process at a time, and the next is told which process it waits for', async () => {
    const waited: string[] = [];
    let working = 0;
    const work = async (): Promise<number> => {
      working += 1;
      await new Promise((resolve) => setTimeout(resolve, 50));
      return working--;
    };
    const both = [1, 2].map(() => withLock(file(), never, (owner) => waited.push(owner), work));
    expect(await Promise.all(both)).to.deep.equal([1, 1]);
    expect(waited).to.deep.equal([`process ${process.pid} on ${hostname()}`]);
  });

  it('is taken over from a dead process', async () => {
    heldBy(deadPid());
    expect(isHeld(file())).to.equal(false);
    expect(await withLock(file(), never, silent, () => Promise.resolve('done'))).to.equal('done');
  });

  it('is taken over by one of several processes that find its owner dead at the same time', async () => {
    const args = [file(), join(folder(), 'inside')];
    const child = join(__dirname, 'lock-child.ts');
    const children = Array.from({ length: 4 }, () => fork(child, args, { execArgv: ['-r', REGISTER] }));
    try {
      await Promise.all(children.map((each) => once(each, 'message')));
      const pid = deadPid();
      for (let round = 0; round < 150; round++) {
        heldBy(pid);
        const outcomes = Promise.all(children.map((each) => once(each, 'message')));
        const moment = Date.now() + 3;
        for (const each of children) each.send(moment);
        const output = (await outcomes).flat();
        expect(output, `round ${round}`).to.include(true).and.not.to.include(false);
      }
      expect(readdirSync(folder())).to.deep.equal([]);
    } finally {
      for (const each of children) each.kill('SIGKILL');
    }
  });

  it('is taken over if a process died while taking it over from a dead one', async () => {
    writeFileSync(file(), JSON.stringify({ pid: deadPid(), host: hostname(), token: 'first' }));
    writeFileSync(`${file()}.first`, JSON.stringify({ pid: deadPid(), host: hostname(), token: 'second' }));
    expect(await withLock(file(), never, silent, () => Promise.resolve(isHeld(file())))).to.equal(true);
    expect(existsSync(`${file()}.first`)).to.equal(false);
  });

  it('is taken over after minutes if its owner was killed before it wrote its id', async () => {
    writeFileSync(file(), '');
    expect(isHeld(file())).to.equal(true);
    const sixMinutesAgo = new Date(Date.now() - 6 * 60_000);
    utimesSync(file(), sixMinutesAgo, sixMinutesAgo);
    expect(await withLock(file(), never, silent, () => Promise.resolve('done'))).to.equal('done');
    expect(readdirSync(folder())).to.deep.equal([]);
  });

  it('is not released after the work if a different process has taken it over', async () => {
    await withLock(file(), never, silent, () => {
      heldBy(process.pid);
      return Promise.resolve();
    });
    expect(existsSync(file())).to.equal(true);
  });

  it('is respected on another machine, whose processes cannot be seen', () => {
    heldBy(deadPid(), 'another-machine');
    expect(isHeld(file())).to.equal(true);
  });

  it('is free if it has not been touched for minutes, whichever process has the id now', () => {
    heldBy(process.pid);
    const sixMinutesAgo = new Date(Date.now() - 6 * 60_000);
    utimesSync(file(), sixMinutesAgo, sixMinutesAgo);
    expect(isHeld(file())).to.equal(false);
  });

  it('is no longer waited for after an interruption', async () => {
    heldBy(process.pid);
    const controller = new AbortController();
    const waiting = withLock(
      file(),
      controller.signal,
      () => controller.abort(),
      () => Promise.resolve(),
    );
    expect(await rejection(waiting)).to.have.property('name', 'AbortError');
    expect(existsSync(file())).to.equal(true);
  });
});
