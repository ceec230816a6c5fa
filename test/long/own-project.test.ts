import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { templates } from '../../framework/cli/scaffold/templates';
import { CODE_ROOT } from '../../framework/util/own-package';
import { fileIn, scriptsBelow } from '../support/documents';
import { InstalledPackage } from '../support/installed-package';
import { tarball } from '../support/tarballs';

const ROOT = join(__dirname, '../..');

/** Settings of the trainings of the document that take minutes. */
const SHORT = 'maxSteps=2 compile=false';

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

/** The document whose commands are read and run. */
const DOCUMENT = 'docs/own-project.md';
const STRIPES_TEST = 'plugins/stripes/index.test.ts';

describe('a project by exp init', function () {
  this.timeout(600_000);
  const project = new InstalledPackage({ init: 'surf' });
  after(() => project.remove());
  const kinds = templates([CODE_ROOT]).map(({ kind }) => kind);
  const tsc = (...args: string[]) => project.run('npx', 'tsc', ...args);
  const [create = '', ...builtIn] = scriptsBelow(DOCUMENT, 'A project');
  const [inNodeTest = '', ...inOthers] = scriptsBelow(DOCUMENT, 'Tests');
  const [write = '', use = ''] = scriptsBelow(DOCUMENT, 'A plugin package');
  const [newDataset = '', useDataset = ''] = scriptsBelow(DOCUMENT, 'Your own dataset');

  it('trains with the commands of the document, in less than a minute', () => {
    mkdirSync(dirname(project.folder), { recursive: true });
    project.inFolder(dirname(project.folder), () => {
      expect(bash(create)).to.match(/Completed after \d+ steps/);
    });
    const before = performance.now();
    expect(project.exp('run', 'surf')).to.match(/Completed after \d+ steps/);
    expect(performance.now() - before).to.be.below(60_000);
  });

  it('trains built-in experiments', () => {
    for (const script of builtIn) bash(script, SHORT);
    expect(readdirSync(project.folder)).to.include('grid.png');
  });

  it('has a dataset of its own, which experiments take and whose test passes', () => {
    expect(bash(newDataset)).to.include(STRIPES_TEST);
    expect(bash(useDataset, SHORT)).to.match(/# fail 0.*Stripes.*Completed after 2 steps.*Completed after 2 steps/s);
    expect(bash(inNodeTest)).to.match(/# fail 0/);
  });

  it('has tests for mocha and vitest', () => {
    const path = join(project.folder, STRIPES_TEST);
    const test = readFileSync(path, 'utf8');
    project.write('vitest.config.mjs', fileIn(DOCUMENT, 'vitest.config.mjs'));
    for (const script of inOthers) {
      expect(bash(script)).to.match(/17 pass(ed|ing)/);
      tsc();
      project.write(STRIPES_TEST, test);
    }
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
    expect(bash(write)).to.match(/# fail 0.*exp-plugin-decay-0\.1\.0\.tgz/s);
    expect(bash(use, SHORT)).to.match(/Decay +exp-plugin-decay@0\.1\.0/);
    expect(project.exp('list', 'Decay')).to.match(/halfLife=1000.*halved/);
  });

  /** Runs a script of the document, in which `CLONE` stands for this one. */
  function bash(script: string, settings = ''): string {
    const text = script.replaceAll(/CLONE\/explab-\S+\.tgz/g, tarball()).replaceAll('CLONE', ROOT);
    return project.run('env', `EXPLAB_SET=${settings}`, 'bash', '-ec', text);
  }

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
