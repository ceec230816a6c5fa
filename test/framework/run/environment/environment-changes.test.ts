import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { Attempt } from '../../../../framework/run/status/attempt';
import { environmentChanges } from '../../../../framework/run/environment/environment-changes';
import { recordEnvironment } from '../../../../framework/run/environment/environment-record';
import { RunFolder } from '../../../../framework/run/run-folder';
import { Repository } from '../../../support/repository';
import { temporaryFolder } from '../../../support/temporary';

describe('changes since a run was started', () => {
  const root = temporaryFolder();
  const here = process.cwd();
  let repository: Repository;
  beforeEach(() => {
    repository = new Repository(join(root(), 'code'));
    repository.write('a.ts', 'a\n');
    repository.write('b.ts', 'b\n');
    process.chdir(repository.folder);
  });
  afterEach(() => process.chdir(here));

  async function started(versions = {}): Promise<RunFolder> {
    const run = RunFolder.create(join(repository.folder, 'runs'), 'diffuse');
    const attempt = Attempt.claim(run);
    await recordEnvironment(attempt.path, run.root, versions);
    attempt.end();
    return run;
  }

  it('are none if the files are the same, committed since or not', async () => {
    repository.commit();
    repository.write('a.ts', 'changed\n');
    repository.write('new.ts', 'new\n');
    const run = await started();
    expect(await environmentChanges(run, {})).to.deep.equal([`The code is unchanged since ${run.id}.`]);
    repository.write('.git/info/exclude', 'runs\n');
    repository.commit();
    expect(await environmentChanges(run, {})).to.deep.equal([`The code is unchanged since ${run.id}.`]);
  });

  it('are reported by file, with the commands that restore the code', async () => {
    const commit = repository.commit();
    repository.write('a.ts', 'changed\n');
    const run = await started();
    repository.write('a.ts', 'changed again\n');
    rmSync('b.ts');
    repository.write('c.ts', 'c\n');
    const [differs, hint] = await environmentChanges(run, {});
    expect(differs).to.equal(`The code has changed since ${run.id}: a.ts, b.ts, c.ts.`);
    const clone = join(root(), 'clone');
    for (const command of (hint ?? '').replace(/^.*folder: /, '').split(' && '))
      repository.git(
        ...command
          .split(' ')
          .slice(1)
          .map((word) => (word === 'FOLDER' ? clone : word)),
      );
    expect(repository.git('-C', clone, 'diff', '--stat', commit)).to.match(/^a\.ts/);
    process.chdir(clone);
    expect(await environmentChanges(run, {})).to.deep.equal([`The code is unchanged since ${run.id}.`]);
  });

  it('include binary files that are not in the patch, by their hashes', async () => {
    repository.commit();
    for (const name of ['same', 'changed', 'gone']) repository.write(`${name}.jpg`, Buffer.alloc(70_000));
    const run = await started();
    expect(await environmentChanges(run, {})).to.deep.equal([`The code is unchanged since ${run.id}.`]);
    repository.write('changed.jpg', Buffer.alloc(70_000, 1));
    rmSync('gone.jpg');
    const [differs, hint] = await environmentChanges(run, {});
    expect(differs).to.match(/: changed\.jpg, gone\.jpg\.$/);
    expect(hint, 'there is no patch').not.to.include('apply');
  });

  it('do not include files that were excluded and not listed', async () => {
    repository.commit();
    for (let file = 0; file < 1002; file++) repository.write(`photos/${file}.jpg`, Buffer.alloc(70_000));
    const run = await started();
    expect(await environmentChanges(run, {})).to.deep.equal([`The code is unchanged since ${run.id}.`]);
    repository.write('new.ts', 'new');
    expect((await environmentChanges(run, {}))[0]).to.match(/: new\.ts\.$/);
  });

  it('are all files if nothing was committed', async () => {
    const run = await started();
    expect(await environmentChanges(run, {})).to.deep.equal([`The code is unchanged since ${run.id}.`]);
    repository.write('a.ts', 'changed\n');
    expect((await environmentChanges(run, {}))[0]).to.match(/: a\.ts\.$/);
  });

  it('are unknown if the commit is missing, or if there is no repository', async () => {
    const commit = repository.commit();
    const run = await started();
    process.chdir(new Repository(join(root(), 'other')).folder);
    expect(await environmentChanges(run, {})).to.deep.equal([
      `The code cannot be compared with that of ${run.id}: the repository has no commit ${commit.slice(0, 10)}.`,
    ]);
    mkdirSync(join(root(), 'none'));
    process.chdir(join(root(), 'none'));
    expect((await environmentChanges(run, {}))[0]).to.match(/is not in a git repository\.$/);
  });

  it('include versions', async () => {
    repository.commit();
    const run = await started({ tensorflow: '2.20.0' });
    expect((await environmentChanges(run, { tensorflow: '2.21.0' }))[1]).to.equal(
      'Versions differ: tensorflow 2.20.0 is now 2.21.0.',
    );
  });
});
