import {
  chmodSync,
  chownSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { isPrivateFolder } from '../../framework/install/private-folder';
import { exp } from '../support/exp';
import { temporaryFolder } from '../support/temporary';

const uid = process.getuid?.() ?? 0;
/** Where it is kept is unset, so that exp chooses. */
const UNSET = { SWC_NODE_CACHE_DIR: '' };

/** Puts code before that of every compiled file. */
function poison(folder: string): void {
  const files = readdirSync(folder).filter((each) => each.endsWith('.js'));
  expect(files).not.to.be.empty;
  for (const name of files) {
    const file = join(folder, name);
    writeFileSync(file, `console.log("attacker's code");${readFileSync(file, 'utf8')}`);
  }
}

describe('compiled code', () => {
  const folder = temporaryFolder();
  const completion = (env: NodeJS.ProcessEnv) => exp(['completion', 'bash'], { env: { ...UNSET, ...env } });

  it('is cached in a private folder, and never where others can plant it', async () => {
    const own = join(folder(), 'cache');
    const first = await completion({ EXPLAB_CACHE: own });
    expect(lstatSync(join(own, 'compiled')).mode & 0o777).to.equal(0o700);

    const shared = join(folder(), 'shared');
    for (const planted of [join(folder(), `swc-node-${uid}`), join(shared, 'compiled')]) {
      cpSync(join(own, 'compiled'), planted, { recursive: true });
      poison(planted);
    }
    chmodSync(join(shared, 'compiled'), 0o777);
    const second = await completion({ EXPLAB_CACHE: shared, TMPDIR: folder() });
    expect(second).to.deep.equal(first);
    expect(second.code).to.equal(0);
  });

  it('is not cached if no folder is suitable', async () => {
    writeFileSync(join(folder(), `swc-node-${uid}`), '');
    writeFileSync(join(folder(), 'file'), '');
    const paths = [
      { EXPLAB_CACHE: join(folder(), 'file'), TMPDIR: folder() },
      { EXPLAB_CACHE: '', XDG_CACHE_HOME: '', HOME: join(folder(), 'file/home'), TMPDIR: join(folder(), 'file/tmp') },
    ];
    const ends = await Promise.all(paths.map(completion));
    expect(ends.map(({ code, stderr }) => ({ code, stderr }))).to.deep.equal(
      paths.map(() => ({ code: 0, stderr: '' })),
    );
  });
});

describe('a folder', () => {
  const folder = temporaryFolder();
  const made = (name: string, mode: number): string => {
    const path = join(folder(), name);
    mkdirSync(path);
    chmodSync(path, mode);
    return path;
  };

  it('is private if only the user can write to it and its parents', () => {
    expect(isPrivateFolder(join(folder(), 'a/b/c'))).to.equal(true);
    expect(isPrivateFolder(join(made('readable', 0o755), 'below'))).to.equal(true);
    expect(isPrivateFolder(join(made('sticky', 0o1777), 'below'))).to.equal(true);
  });

  it('is not private if others can write to it or replace it', () => {
    symlinkSync(made('target', 0o700), join(folder(), 'link'));
    writeFileSync(join(folder(), 'file'), '');
    symlinkSync('loop', join(folder(), 'loop'));
    const open = [made('open', 0o777), made('sticky', 0o1777), join(made('above', 0o777), 'below')];
    const odd = ['link', 'file', 'loop', 'loop/below', 'file/below'].map((name) => join(folder(), name));
    for (const path of [...open, ...odd]) expect(isPrivateFolder(path), path).to.equal(false);
  });

  it('is not private if it belongs to another user', function () {
    if (uid !== 0) this.skip();
    const other = made('other', 0o700);
    chownSync(other, 65534, 65534);
    expect(isPrivateFolder(other)).to.equal(false);
    expect(isPrivateFolder(join(other, 'below'))).to.equal(false);
  });
});
