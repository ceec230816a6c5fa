import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { lazyImports } from '../../framework/lazy-imports';
import { REGISTER } from '../support/typescript';

const ROOT = join(__dirname, '../..');

/** Runs code in a process of its own. @returns the packages and the files of exp that it has loaded */
function loadedBy(code: string): string[] {
  const print = `process.on('exit', () => console.error(JSON.stringify(Object.keys(require.cache))));`;
  const { stderr } = spawnSync(process.execPath, ['-r', REGISTER, '-e', print + code], { cwd: ROOT, encoding: 'utf8' });
  const files = JSON.parse(stderr) as string[];
  return files.map((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file.slice(ROOT.length + 1));
}

describe('imports', () => {
  it('of exp are lazy where they resolve, and those of other code are not', () => {
    const code = "import { a } from './errors';\nimport { b } from './eror';\nexport * as c from './util/text';\n";
    expect(lazyImports(code, join(ROOT, 'framework/x.ts'))).to.deep.equal(['./errors']);
    expect(lazyImports(code, '/project/plugins/x.ts')).to.deep.equal(['typescript']);
  });

  it('leave what a command does not use', () => {
    const loaded = loadedBy("void require('./framework/cli/main').main(['list'])");
    expect(loaded).to.include('experiments/diffuse/index.ts');
    for (const name of ['framework/checkpoint/safetensors.ts', '@tensorflow/tfjs-core', 'sharp', 'protobufjs', 'koffi'])
      expect(loaded).to.not.include(name);
  });

  it('are all loaded in a long run, whose files may change', () => {
    const train = "const { train } = require('./framework/experiment/lifecycle/train');";
    const before = loadedBy(`${train} void train`);
    const after = loadedBy(`${train} void train; require('./framework/util/load-imports').loadImports()`);
    const late = ['framework/run/run-record.ts', 'framework/run/environment/environment-record.ts'];
    for (const file of late) expect(before).to.not.include(file);
    expect(after).to.include.members(late);
    expect(after).to.not.include('typescript');
  });
});
