import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { loadPlugins } from '../../../framework/api/load-plugins';
import { Tracker } from '../../../framework/kinds/tracker';
import { temporaryFolder } from '../../support/temporary';

const CODE = `
const { option, Tracker } = require('explab');
class Plugin extends Tracker { scalars() {} flush() {} close() {} }
option(Tracker, 'Packed')(Plugin);
exports.Plugin = Plugin;
`;

describe('packages with plugins', () => {
  const folder = temporaryFolder();
  const write = (file: string, content: string | object) => {
    mkdirSync(dirname(join(folder(), file)), { recursive: true });
    writeFileSync(join(folder(), file), typeof content === 'string' ? content : JSON.stringify(content));
  };
  const installed = (explab: unknown = { plugins: './dist/index.js' }) => {
    write('package.json', { dependencies: { 'exp-plugin-foo': '^1.0.0', other: '1' } });
    write('node_modules/exp-plugin-foo/package.json', { name: 'exp-plugin-foo', version: '1.2.0', explab });
    write('node_modules/exp-plugin-foo/dist/index.js', CODE);
    write('node_modules/other/package.json', { name: 'other', version: '1.0.0' });
  };

  it('are found among the direct dependencies of a project, and recorded with their version', () => {
    installed();
    const { path, ...option } = loadPlugins([folder()]).find(Tracker, 'Packed');
    expect(option).to.include({ package: 'exp-plugin-foo@1.2.0', file: 'exp-plugin-foo/dist/index.js' });
    expect(path).to.equal(join(folder(), 'node_modules/exp-plugin-foo/dist/index.js'));
  });

  it('are not searched for among what the project does not depend on', () => {
    installed();
    write('package.json', { dependencies: {} });
    expect(loadPlugins([folder()]).optionsOf(Tracker)).to.deep.equal([]);
  });

  it('can be linked folders elsewhere, with a copy of explab of their own', () => {
    installed();
    write('elsewhere/package.json', { name: 'linked', version: '0.1.0', explab: { plugins: ['index.js'] } });
    write('elsewhere/index.js', CODE);
    write('elsewhere/node_modules/explab/index.js', 'throw new Error("another copy");');
    write('package.json', { devDependencies: { linked: 'file:elsewhere' } });
    symlinkSync('../elsewhere', join(folder(), 'node_modules/linked'));
    expect(loadPlugins([folder()]).find(Tracker, 'Packed').package).to.equal('linked@0.1.0');
  });

  it('are reported if they name no files, or files that are missing', () => {
    installed({ plugin: 'x' });
    expect(loadPlugins([folder()]).broken.map(({ file }) => file)).to.deep.equal(['exp-plugin-foo']);
    installed({ plugins: './lib/index.js' });
    const [{ file, error } = { file: '', error: new Error() }] = loadPlugins([folder()]).broken;
    expect(file).to.equal('exp-plugin-foo/lib/index.js');
    expect(error.message).to.match(/^Cannot find module .*lib\/index\.js/);
  });
});
