import { chownSync, existsSync, lchownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { foreignFolder } from '../../framework/api/plugin-roots';
import { exp } from '../support/exp';
import { temporaryFolder } from '../support/temporary';

const uid = process.getuid?.() ?? 0;
const OTHER = 12345;

describe('plugins of another user', () => {
  const folder = temporaryFolder();
  const ran = () => join(folder(), 'ran');

  beforeEach(() => {
    mkdirSync(join(folder(), 'plugins/evil'), { recursive: true });
    writeFileSync(
      join(folder(), 'plugins/evil/index.ts'),
      `require('node:fs').writeFileSync(${JSON.stringify(ran())}, '');`,
    );
  });

  it('are those in a folder that is owned neither by this user nor by root', () => {
    const plugins = { path: join(folder(), 'plugins'), uid };
    expect(foreignFolder(folder(), uid, {})).to.equal(undefined);
    expect(foreignFolder(folder(), undefined, {})).to.equal(undefined);
    // Seen by another user, the folder of this one is foreign, unless this one is root.
    expect(foreignFolder(folder(), OTHER, {})).to.deep.equal(uid === 0 ? undefined : plugins);
  });

  it("are loaded with the user's consent, and under sudo if they are the caller's", function () {
    if (uid !== 0) this.skip();
    chownSync(join(folder(), 'plugins'), OTHER, OTHER);
    const found = (environment: Record<string, string>) => foreignFolder(folder(), 0, environment)?.uid;
    expect(found({})).to.equal(OTHER);
    expect(found({ EXPLAB_SAFE_DIRECTORY: `/nonexistent:${folder()}/` })).to.equal(undefined);
    expect(found({ EXPLAB_SAFE_DIRECTORY: '*' })).to.equal(undefined);
    expect(found({ EXPLAB_SAFE_DIRECTORY: '' })).to.equal(OTHER);
    expect(found({ EXPLAB_SAFE_DIRECTORY: join(folder(), 'plugins') })).to.equal(OTHER);
    expect(found({ SUDO_UID: String(OTHER) })).to.equal(undefined);
    expect(found({ SUDO_UID: '1' })).to.equal(OTHER);
    // SUDO_UID counts for root alone.
    expect(foreignFolder(folder(), 1, { SUDO_UID: String(OTHER) })?.uid).to.equal(OTHER);
  });

  it('are detected behind a link, and a link of another user counts as one', function () {
    if (uid !== 0) this.skip();
    symlinkSync('plugins', join(folder(), 'experiments'));
    lchownSync(join(folder(), 'experiments'), OTHER, OTHER);
    expect(foreignFolder(folder(), 0, {})).to.deep.equal({ path: join(folder(), 'experiments'), uid: OTHER });
    lchownSync(join(folder(), 'experiments'), 0, 0);
    chownSync(join(folder(), 'plugins'), OTHER, OTHER);
    expect(foreignFolder(folder(), 0, {})?.uid).to.equal(OTHER);
  });

  it('are not loaded by any command, nor by completion, without consent', async function () {
    if (uid !== 0) this.skip();
    chownSync(join(folder(), 'plugins'), OTHER, OTHER);
    const inFolder = (args: string[], env = {}) => exp(args, { cwd: folder(), runs: folder(), env });
    for (const args of [['list'], ['explain', 'diffuse'], ['schema', 'diffuse'], ['run', 'diffuse', '--dry-run']]) {
      const { code, stderr } = await inFolder(args);
      expect(code, args[0]).to.equal(1);
      expect(stderr).to.include(`plugins belongs to another user (uid ${OTHER})`);
      expect(stderr).to.include(`EXPLAB_SAFE_DIRECTORY=${folder()}`);
    }
    const completion = await inFolder(['--get-yargs-completions', 'exp', 'run', 'di'], { SHELL: 'bash' });
    expect(completion).to.deep.equal({ code: 0, stdout: 'diffuse\n', stderr: '' });
    expect(existsSync(ran())).to.equal(false);

    expect((await inFolder(['list'], { EXPLAB_SAFE_DIRECTORY: folder() })).code).to.equal(0);
    expect(existsSync(ran())).to.equal(true);
  });
});
