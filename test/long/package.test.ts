import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { fileIn } from '../support/documents';
import { installedPackage } from '../support/installed-package';

describe('the package, installed in a project', () => {
  const project = installedPackage();

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
});
