import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { archiveRun, unpackCommand } from '../../../framework/run/archive';
import { Attempt } from '../../../framework/run/status/attempt';
import { messageOf } from '../../../framework/errors';
import { findRun } from '../../../framework/run/find-run';
import { rejection } from '../../support/rejection';
import { tree } from '../../support/repository';
import { makeRun } from '../../support/runs';
import { temporaryFolder } from '../../support/temporary';

describe('exporting a run', () => {
  const root = temporaryFolder();
  const file = () => join(root(), 'run.tar.gz');

  it('creates an archive that unpacks to the same run', async () => {
    const run = makeRun(root(), { id: 'a', points: [{ step: 1, loss: 1 }] });
    expect(await archiveRun(run, file())).to.be.greaterThan(0);
    const elsewhere = join(root(), 'elsewhere');
    mkdirSync(elsewhere);
    execFileSync('tar', ['-xzf', file(), '-C', elsewhere]);
    expect(tree(join(elsewhere, 'a'))).to.deep.equal(tree(run.path));
    expect(findRun(join(root(), 'nowhere'), join(elsewhere, 'a')).id).to.equal('a');
  });

  it('prints a command that unpacks it, quoted for the shell', async () => {
    const run = makeRun(root(), { id: 'a', points: [{ step: 1, loss: 1 }] });
    for (const name of ['a:b.tgz', "it's a $PATH.tgz", '-x.tgz', 'plain.tar.gz', join(root(), 'a b:c.tgz')]) {
      const here = join(root(), `in ${name.length}`);
      mkdirSync(here);
      await archiveRun(run, resolve(here, name));
      execFileSync('sh', ['-c', unpackCommand(name)], { cwd: here });
      expect(tree(join(here, 'a')), name).to.deep.equal(tree(run.path));
    }
    expect(unpackCommand('plain.tar.gz')).to.equal('tar -xzf plain.tar.gz');
  });

  it('is refused if the file exists, if the run is in progress, or if it cannot be written', async () => {
    const run = makeRun(root(), { id: 'a' });
    const reason = async (target: string) => messageOf(await rejection(archiveRun(run, target)));
    writeFileSync(file(), 'mine');
    expect(await reason(file())).to.equal(`${file()} already exists.`);
    expect(await reason(join(root(), 'none/run.tar.gz'))).to.match(/cannot be created: tar/);
    const attempt = Attempt.claim(run);
    expect(await reason(join(root(), 'b.tar.gz'))).to.equal('a is running: the archive would be inconsistent.');
    attempt.end();
    expect(readdirSync(root()).sort()).to.deep.equal(['diffuse', 'run.tar.gz']);
  });
});
