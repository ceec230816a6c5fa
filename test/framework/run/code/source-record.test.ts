import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { codeChanges } from '../../../../framework/run/code/code-changes';
import { recordSource } from '../../../../framework/run/code/source-record';
import { Repository, tree } from '../../../support/repository';
import { temporaryFolder } from '../../../support/temporary';

describe('the record of the code', () => {
  const root = temporaryFolder();
  let repository: Repository;
  let patch: string;
  beforeEach(() => {
    repository = new Repository(join(root(), 'code'));
    patch = join(root(), 'source.patch');
  });

  const record = (folder = repository.folder) => recordSource(folder, patch, join(repository.folder, 'runs'));

  /** A clean checkout of the commit, with the patch. */
  function rebuilt(commit: string): string {
    const clone = join(root(), 'clone');
    repository.git('worktree', 'add', '--quiet', '--detach', clone, commit);
    repository.git('-C', clone, 'apply', '--whitespace=nowarn', patch);
    return clone;
  }

  it('is only a commit, a branch and a remote if nothing differs', async () => {
    repository.write('a.ts', 'a');
    const commit = repository.commit();
    repository.git('remote', 'add', 'origin', 'https://somebody:token@example.org/code.git');
    expect(await record()).to.deep.equal({
      root: repository.folder,
      commit,
      branch: 'main',
      remote: 'https://example.org/code.git',
      dirty: false,
      untracked: [],
      leftOut: [],
      leftOutCount: 0,
    });
    expect(existsSync(patch)).to.equal(false);
  });

  it('has a patch that turns a clean checkout into the same tree', async () => {
    const { write, folder } = { write: repository.write.bind(repository), folder: repository.folder };
    for (const name of ['kept', 'changed', 'staged', 'deleted', 'moved', 'replaced'])
      write(`${name}.ts`, `${name}\n1\n2\n`);
    write('binary.dat', Buffer.from([0, 255, 1, 13, 10]));
    write('windows.txt', 'one\r\ntwo\r\n');
    write('latin.txt', Buffer.from([0xe9, 0x0a]));
    write('script.sh', '#!/bin/sh\n');
    const commit = repository.commit();

    write('changed.ts', 'no line break at the end');
    write('staged.ts', 'staged\n');
    repository.git('add', 'staged.ts');
    write('staged.ts', 'staged, and changed again\n');
    rmSync(join(folder, 'deleted.ts'));
    renameSync(join(folder, 'moved.ts'), join(folder, 'moved there.ts'));
    rmSync(join(folder, 'replaced.ts'));
    symlinkSync('kept.ts', join(folder, 'replaced.ts'));
    write('binary.dat', Buffer.from([0, 254, 10, 13]));
    write('windows.txt', 'one\r\nthree \r\n');
    write('latin.txt', Buffer.from([0xe8, 0x0a]));
    chmodSync(join(folder, 'script.sh'), 0o755);
    write('new/empty.ts', '');
    write('new/näme "of" a\tfile.ts', 'x\n');
    write('new/binary', Buffer.from([0, 1, 2]));
    write('new/:(top)', 'looks like a pathspec\n');
    write('added.ts', 'known to the index only\n');
    repository.git('add', 'added.ts');

    const { dirty, untracked } = (await record())!;
    expect(dirty).to.equal(true);
    expect(untracked).to.have.members([
      ...['moved there.ts', 'new/:(top)', 'new/binary', 'new/empty.ts', 'new/näme "of" a\tfile.ts'],
    ]);
    const status = repository.git('status', '--porcelain');
    expect(tree(rebuilt(commit))).to.deep.equal(tree(folder));
    expect(repository.git('status', '--porcelain'), 'the index is as it was').to.equal(status);
  });

  it("is the same whatever the user's git configuration", async () => {
    repository.write('a.ts', 'a\n');
    const commit = repository.commit();
    for (const setting of ['color.ui=always', 'diff.noprefix=true', 'diff.mnemonicPrefix=true', 'diff.external=false'])
      repository.git('config', ...setting.split('='));
    repository.write('a.ts', 'b\n');
    await record();
    expect(tree(rebuilt(commit))).to.deep.equal(tree(repository.folder));
  });

  it('has a change of the same size that was made at the time of the commit', async () => {
    const noon = new Date(2026, 0, 1, 12).getTime() / 1000;
    const at = (path: string) => utimesSync(join(repository.folder, path), noon, noon);
    // Otherwise the change of the file's record would tell.
    repository.git('config', 'core.trustCTime', 'false');
    repository.write('a.ts', 'a\n');
    at('a.ts');
    const commit = repository.commit();
    repository.write('a.ts', 'b\n');
    at('a.ts');
    at('.git/index');
    expect((await record())!.dirty).to.equal(true);
    expect(tree(rebuilt(commit))).to.deep.equal(tree(repository.folder));
  });

  it('covers the whole repository, also from a subfolder', async () => {
    repository.write('a.ts', 'a\n');
    const commit = repository.commit();
    repository.write('a.ts', 'b\n');
    repository.write('sub/new.ts', 'c\n');
    await record(join(repository.folder, 'sub'));
    expect(tree(rebuilt(commit))).to.deep.equal(tree(repository.folder));
  });

  it('leaves no files in the repository', async () => {
    repository.write('a.ts', 'a\n');
    repository.commit();
    const objects = repository.git('count-objects');
    repository.write('b.ts', '');
    repository.write('c.ts', 'c');
    await record();
    expect(repository.git('count-objects')).to.equal(objects);
  });

  it('has all files before the first commit', async () => {
    repository.write('a.ts', 'a\n');
    const found = (await record())!;
    expect([found.commit, found.branch, found.dirty]).to.deep.equal([undefined, 'main', true]);
    const empty = new Repository(join(root(), 'empty'));
    empty.git('apply', patch);
    expect(tree(empty.folder)).to.deep.equal(tree(repository.folder));
  });

  it('excludes ignored files, runs, secrets and large files, and reports the last two', async () => {
    repository.write('.gitignore', 'ignored\n');
    repository.write('table.csv', 'a');
    const commit = repository.commit();
    repository.write('table.csv', 'a'.repeat(2 ** 20 + 1));
    repository.write('data.bin', Buffer.alloc(2.5 * 2 ** 20));
    repository.write('ignored', 'x');
    repository.write('.env', 'PASSWORD=1');
    repository.write('runs/diffuse/1/run.json', '{}');
    repository.write('new.ts', 'x\n');
    const { leftOut, untracked } = (await record())!;
    expect(untracked).to.deep.equal(['new.ts']);
    expect(leftOut).to.have.deep.members([
      { path: '.env', reason: 'its name suggests secrets' },
      { path: 'table.csv', reason: '1.0 MiB, more than 1 MiB' },
      { path: 'data.bin', reason: '2.5 MiB, more than 1 MiB' },
    ]);
    expect(Object.keys(tree(rebuilt(commit)))).to.have.members(['.gitignore', 'table.csv', 'new.ts']);
  });

  it('excludes untracked files that are named like secrets, in any folder', async () => {
    const secrets = [
      '.git-credentials',
      '.envrc',
      '.env.local',
      '.htpasswd',
      '.docker/config.json',
      'conf/secrets.yaml',
      'token.txt',
    ];
    const more = [
      'service-account.json',
      'kubeconfig',
      '.kube/config',
      'id_rsa.bak',
      'server.key',
      'credentials',
      'client_secret.json',
      '.aws/config',
      '_netrc',
      'id_ed25519_work',
      'prod.env',
      'my-secrets.yaml',
      'terraform.tfstate',
    ];
    const code = [
      'environment.ts',
      'tokenizer.ts',
      'token.ts',
      'keyboard.ts',
      'secrets/index.ts',
      'config.json',
      'id_rsa.md',
    ];
    for (const path of [...secrets, ...more, ...code]) repository.write(path, 'x\n');
    const { leftOut, untracked } = (await record())!;
    expect(leftOut.map(({ path }) => path)).to.have.members([...secrets, ...more]);
    expect(untracked).to.have.members(code);
  });

  it('excludes untracked files with a private key or a known token, and names them', async () => {
    // Made up here, in the forms that their issuers document; put together so that no scanner takes this file for a leak.
    const found: [secret: string, what: string][] = [
      ['-----BEGIN' + ' OPENSSH PRIVATE KEY-----', 'a private key'],
      ['-----BEGIN' + ' PRIVATE KEY-----', 'a private key'],
      ['AKIA' + 'ABCDEFGHIJKLMNOP', 'an AWS access key'],
      ['ghp_' + 'a1'.repeat(18), 'a GitHub token'],
      ['github_pat_' + 'a1'.repeat(41), 'a GitHub token'],
      ['glpat-' + 'a1'.repeat(10), 'a GitLab token'],
      ['xoxb-' + '1234567890-abc', 'a Slack token'],
      ['AIza' + 'a'.repeat(35), 'a Google API key'],
      ['hf_' + 'a'.repeat(34), 'a Hugging Face token'],
      ['sk-proj-' + 'a1'.repeat(12), 'an OpenAI or Anthropic API key'],
    ];
    for (const [index, [secret]] of found.entries()) repository.write(`${index}.ts`, `const key = '${secret}';\n`);
    const plain = '-----BEGIN CERTIFICATE----- AKIA ghp_short sk-learn hf_model disk-' + 'a'.repeat(30);
    repository.write('plain.ts', plain);
    const { leftOut, untracked } = (await record())!;
    expect(leftOut).to.have.deep.members(
      found.map(([, what], index) => ({ path: `${index}.ts`, reason: `it seems to contain ${what}` })),
    );
    expect(untracked).to.deep.equal(['plain.ts']);
    for (const [secret] of found) expect(readFileSync(patch, 'utf8')).not.to.include(secret);
  });

  it('excludes untracked files whose names are not UTF-8, and reports it', async () => {
    repository.write('a.ts', 'a\n');
    const commit = repository.commit();
    const name = Buffer.concat([Buffer.from(join(repository.folder, 'caf')), Buffer.from([0xe9])]);
    writeFileSync(name, 'x');
    repository.write('café', 'x\n');
    const found = (await record())!;
    expect(found.untracked).to.deep.equal(['café']);
    expect(found.leftOut).to.deep.equal([{ path: 'caf\uFFFD', reason: 'its name is not UTF-8' }]);
    const later = await codeChanges(repository.folder, found, patch, join(repository.folder, 'runs'));
    expect(later).to.deep.equal({ commit, files: [] });
  });

  it('has changed files whose names are not UTF-8', async () => {
    const name = Buffer.concat([Buffer.from(join(repository.folder, 'caf')), Buffer.from([0xe9])]);
    writeFileSync(name, 'x\n');
    const commit = repository.commit();
    writeFileSync(name, 'changed\n');
    expect((await record())!.leftOut).to.deep.equal([]);
    const clone = rebuilt(commit);
    expect(readFileSync(Buffer.concat([Buffer.from(join(clone, 'caf')), Buffer.from([0xe9])]), 'utf8')).to.equal(
      'changed\n',
    );
  });

  it('lists binary files above a limit by size and hash, tracked or not, and includes small ones', async () => {
    repository.write('a.ts', 'a');
    repository.write('tracked.jpg', Buffer.from([0, 1]));
    const commit = repository.commit();
    const photo = Buffer.alloc(50_000, 'jpeg\0');
    repository.write('icon.png', Buffer.from([0, 1, 2]));
    repository.write('photos/1.jpg', photo);
    repository.write('photos/2.jpg', Buffer.alloc(50_001, 'jpeg\0'));
    repository.write('tracked.jpg', Buffer.alloc(50_002, 'jpeg\0'));
    repository.write('long.txt', 'x'.repeat(100_000));
    const { leftOut, untracked } = (await record())!;
    // By sha256sum, of 50,001 and 50,002 bytes of "jpeg" and a zero in turn.
    expect(leftOut).to.deep.equal([
      {
        path: 'photos/2.jpg',
        reason: 'binary',
        bytes: 50_001,
        sha256: 'd3995d0ccb01eaf363af24d1ea99d88a435acc4ab640d072bc66aec176b7af56',
      },
      {
        path: 'tracked.jpg',
        reason: 'binary',
        bytes: 50_002,
        sha256: '80c2b61fca9e912d667a8667030f6414a455466bfc7c39333e185ff1ae9de192',
      },
    ]);
    expect(untracked).to.have.members(['icon.png', 'long.txt', 'photos/1.jpg']);
    expect(Object.keys(tree(rebuilt(commit)))).to.have.members([
      ...['a.ts', 'icon.png', 'long.txt', 'photos/1.jpg', 'tracked.jpg'],
    ]);
  });

  it('includes the small files if not all fit', async () => {
    repository.write('.gitignore', '');
    repository.commit();
    for (let file = 0; file < 12; file++) repository.write(`data/${file}`, Buffer.alloc(2 ** 20, file));
    repository.write('z.ts', 'small');
    const { leftOut, untracked } = (await record())!;
    expect(untracked).to.include('z.ts');
    expect(leftOut).to.have.length(3);
    expect(leftOut[0]?.reason).to.equal('beyond 10 MiB in total');
  });

  it('reports a nested repository', async () => {
    repository.write('a.ts', 'a');
    repository.commit();
    new Repository(join(repository.folder, 'inner')).write('b.ts', 'b');
    expect((await record())!.leftOut).to.deep.equal([{ path: 'inner/', reason: 'a nested repository' }]);
  });

  it('names the commit if no branch is checked out', async () => {
    repository.write('a.ts', 'a');
    const commit = repository.commit();
    repository.git('checkout', '--quiet', '--detach');
    expect(await record())
      .to.include({ commit })
      .and.not.have.property('branch');
  });

  it('is undefined outside of a repository, or without git', async () => {
    const outside = join(root(), 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'a'), 'a');
    expect(await recordSource(outside, patch, outside)).to.equal(undefined);
    const path = process.env['PATH'];
    process.env['PATH'] = outside;
    try {
      expect(await record()).to.equal(undefined);
    } finally {
      process.env['PATH'] = path;
    }
  });
});
