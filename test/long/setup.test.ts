import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Installation } from '../../framework/tensorflow/install/installation';
import { installedPackage } from '../support/installed-package';
import { temporaryFolder } from '../support/temporary';
import { REGISTER } from '../support/typescript';

const ROOT = join(__dirname, '..', '..');

describe('The setup', function () {
  this.timeout(30 * 60_000);
  const folder = temporaryFolder();
  const here = (): NodeJS.ProcessEnv => ({ ...process.env, EXPLAB_CACHE: folder(), EXPLAB_TENSORFLOW: undefined });
  const run = (program: string, args: string[], env = here(), cwd = ROOT) =>
    spawnSync(program, args, { encoding: 'utf8', env, cwd });
  const exp = (...argv: string[]) => run(process.execPath, [join(ROOT, 'framework', 'cli', 'exp.js'), ...argv]);
  const load = (env = here()) =>
    run(process.execPath, ['-r', REGISTER, join(ROOT, 'test', 'framework', 'tensorflow', 'load-child.ts')], env);

  // The link in node_modules led into the temporary cache.
  after(() => void load(process.env));

  describe('of the package, installed in a project', () => {
    const project = installedPackage();

    it('installs TensorFlow from scratch, with which the project trains', () => {
      const bin = join(project.folder, 'node_modules/.bin/exp');
      const inProject = (...args: string[]) =>
        run(bin, args, { ...project.env, EXPLAB_CACHE: folder(), EXPLAB_TENSORFLOW: undefined }, project.folder);
      const setup = inProject('setup', '--variant', 'cpu', '--json');
      expect(setup.status, setup.stderr).to.equal(0);
      expect((JSON.parse(setup.stdout) as Installation).folder).to.include(folder());
      const trained = inProject('run', 'regress', 'maxSteps=2', 'trackers=[]');
      expect(trained.status, trained.stderr).to.equal(0);
    });
  });

  it('installs TensorFlow and TensorBoard from scratch, once', () => {
    const first = exp('setup', '--variant', 'cpu', '--json');
    expect(first.status, first.stderr).to.equal(0);
    const installation = JSON.parse(first.stdout) as Installation;
    expect(installation).to.include({ version: '2.21.0', variant: 'cpu', gpu: false });
    for (const step of ['Create a Python', 'Install TensorFlow 2.21.0', 'Build the Node addon', 'Test it']) {
      expect(first.stderr).to.match(new RegExp(`${step}.* [0-9.]+ s\\n`));
    }

    const second = exp('setup', '--json');
    expect(second.stderr).to.equal('');
    expect(JSON.parse(second.stdout)).to.deep.equal({ ...installation });

    const loaded = load();
    expect(loaded.status, loaded.stderr).to.equal(0);
    expect(JSON.parse(loaded.stdout)).to.deep.include({ version: '2.21.0', product: [3, 3, 3, 3] });
    expect(exp('doctor').status).to.equal(0);
    const version = run(installation.python!, ['-I', '-m', 'tensorboard.main', '--version_tb']);
    expect(version).to.include({ status: 0, stdout: '2.21.0\n' });
  });
});
