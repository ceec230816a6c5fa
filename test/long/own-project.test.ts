import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { templates } from '../../framework/cli/scaffold/templates';
import { CODE_ROOT } from '../../framework/util/own-package';
import { installedPackage } from '../support/installed-package';
import { tarball } from '../support/tarballs';

/** Compiler options of users' projects; what else `tsc` needs is in the base. */
const CONFIGURATIONS: Readonly<Record<string, object>> = {
  'commonjs+bundler': { module: 'commonjs', moduleResolution: 'bundler' },
  'esnext+bundler': { module: 'esnext', moduleResolution: 'bundler' },
  'preserve+bundler': { module: 'preserve', moduleResolution: 'bundler' },
  node16: { module: 'node16' },
  node20: { module: 'node20' },
  nodenext: { module: 'nodenext', target: 'es2023' },
  'nodenext with es2022': { module: 'nodenext', target: 'es2022' },
  'declaration: true': { module: 'nodenext', declaration: true, noEmit: false, outDir: '../declared' },
  exactOptionalPropertyTypes: { module: 'nodenext', exactOptionalPropertyTypes: true },
  experimentalDecorators: { module: 'nodenext', experimentalDecorators: true },
};

const BASE = { target: 'es2022', lib: ['es2023'], types: ['node'], strict: true, skipLibCheck: true, noEmit: true };

describe('a project by exp init', function () {
  this.timeout(600_000);
  const project = installedPackage({ init: 'surf' });
  const kinds = templates([CODE_ROOT]).map(({ kind }) => kind);
  const tsc = (...args: string[]) => project.run('npx', 'tsc', ...args);

  it('trains with the command of its README, in less than a minute', () => {
    const before = performance.now();
    expect(project.exp('run', 'surf')).to.match(/Completed after \d+ steps/);
    expect(performance.now() - before).to.be.below(60_000);
  });

  it('has an option of every kind by exp new, whose types and tests pass', () => {
    for (const kind of kinds) project.exp('new', kind, `my-${kind}`);
    project.run('npm', 'run', 'check');
    expect(project.run('npm', 'test')).to.match(/# fail 0/);
    expect(project.exp('plugins')).to.include('MyCallback');
  });

  for (const type of ['commonjs', 'module']) {
    for (const [name, compilerOptions] of Object.entries(CONFIGURATIONS)) {
      // A file of a CommonJS package with imports is none that this may contain.
      it(`passes tsc, ${type}, ${name}`, () => {
        withType(type, () => {
          project.write('tsconfig.json', JSON.stringify({ compilerOptions: { ...BASE, ...compilerOptions } }));
          tsc();
        });
      });
    }
  }

  it('passes tsc with what tsc --init writes, as ES modules', () => {
    withType('module', () => {
      rmSync(join(project.folder, 'tsconfig.json'));
      tsc('--init');
      tsc('--noEmit', '--types', 'node');
    });
  });

  it('uses a plugin of a package by exp new, packed and installed', () => {
    project.exp('new', 'plugin-package', 'exp-plugin-decay', '--dir', '..');
    const plugin = join(project.folder, '../exp-plugin-decay');
    project.inFolder(plugin, () => {
      project.run('npm', 'install', '--prefer-offline', '--no-audit', '--no-save', tarball());
      project.run('npm', 'run', 'check');
      expect(project.run('npm', 'test')).to.match(/# fail 0/);
      project.run('npm', 'pack', '--silent');
    });
    project.run('npm', 'install', '--prefer-offline', '--no-audit', join(plugin, 'exp-plugin-decay-0.1.0.tgz'));
    expect(project.exp('list', 'Decay')).to.match(/halfLife=1000.*halved/);
    project.exp('run', 'surf', 'schedule=Decay', 'maxSteps=3');
    expect(project.exp('plugins')).to.match(/Decay +exp-plugin-decay@0\.1\.0/);
  });

  function withType(type: string, work: () => void): void {
    const manifest = readFileSync(join(project.folder, 'package.json'), 'utf8');
    const config = readFileSync(join(project.folder, 'tsconfig.json'), 'utf8');
    try {
      project.write('package.json', JSON.stringify({ ...(JSON.parse(manifest) as object), type }));
      work();
    } finally {
      project.write('package.json', manifest);
      project.write('tsconfig.json', config);
    }
  }
});
