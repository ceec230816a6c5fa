import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import sharp from 'sharp';
import { fileIn } from '../support/documents';
import { SMALL } from '../support/exp';
import { withImageServer } from '../support/image-server';
import { installedPackage } from '../support/installed-package';
import { createTarball, tarball } from '../support/tarballs';

describe('the package, installed in a project from an empty cache', function () {
  this.timeout(300_000);
  const project = installedPackage({ hasEmptyCache: true });

  it('has no code of others that runs when it is installed', () => {
    expect(existsSync(join(project.folder, 'node_modules/@tensorflow/tfjs-node-gpu'))).to.equal(false);
  });

  it('prints help and lists options with their descriptions', () => {
    expect(project.exp('--help')).to.include('Install TensorFlow and TensorBoard');
    expect(project.exp('list', 'regress')).to.match(/batchSize=.*per step/);
  });

  it('passes the checks of exp doctor', () => {
    expect(project.exp('doctor')).to.include('TensorFlow');
  });

  it('trains, resumes and samples', () => {
    project.exp('run', 'regress', '--set', 'epochs=2');
    project.exp('resume', 'latest', 'epochs=3');
    expect(project.exp('runs')).to.match(/completed/);
    project.exp('run', 'gan', '--set', 'imageSize=8', 'maxSteps=2', 'trackers=[]');
    project.exp('sample', 'latest', '--n', '4', '--out', 'grid.png');
    expect(readdirSync(project.folder)).to.include('grid.png');
  });

  it("loads the project's own plugins, with their doc comments", () => {
    project.write(
      'plugins/diffusion/flat-schedule/index.ts',
      fileIn('docs/plugins.md', 'plugins/diffusion/flat-schedule/index.ts'),
    );
    expect(project.exp('list', 'Flat')).to.match(/β at every step/);
    expect(project.exp('run', 'diffuse', '--dry-run', '--set', 'diffusion.schedule=Flat')).to.include('Nothing was');
  });

  it('trains and uses models from a program', () => {
    project.write('search.mjs', fileIn('docs/api.md', 'search.mjs'));
    expect(project.run('node', 'search.mjs')).to.match(/^Best: .*-search/m);
  });

  it('serves images by the server of docs/api.md', async () => {
    project.exp('run', 'diffuse', ...SMALL, 'maxSteps=1', 'compile=false');
    const { exit, errors } = await withImageServer(project.folder, async (get) => {
      const { type, body } = await get('?n=4&seed=7');
      expect([type, (await sharp(body).metadata()).format]).to.deep.equal(['image/png', 'png']);
    });
    expect([exit, errors]).to.deep.equal([[0, null], '']);
  });

  it('writes a project by npm create explab', () => {
    const packages = ['--package', tarball(), '--package', createTarball()];
    project.run('npm', 'exec', '--yes', '--prefer-offline', ...packages, '--', 'create-explab', 'surf');
    expect(readdirSync(join(project.folder, 'surf'))).to.include.members(['package.json', 'experiments', 'plugins']);
  });

  it("checks the types of a program's settings", () => {
    project.write(
      'program.ts',
      "import { run } from 'explab';\n\nvoid run('regress', { epochs: 1 }, { rot: 'runs' });\n",
    );
    const tsc = join(__dirname, '../../node_modules/.bin/tsc');
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--lib', 'esnext', 'program.ts'];
    expect(() => project.run(tsc, ...options)).to.throw(/program\.ts\(3,.*'rot' does not exist/);
  });
});
