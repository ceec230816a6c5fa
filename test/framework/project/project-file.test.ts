import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { gatherOverrides } from '../../../framework/config/parse/gather-overrides';
import { dataFolder } from '../../../framework/project/data-folder';
import { readProjectFile } from '../../../framework/project/project-file';
import { checkClean } from '../../../framework/run/code/check-clean';
import { loadPlugins } from '../../../framework/api/load-plugins';
import { runsFolder } from '../../../framework/run/runs-folder';
import { Tracker } from '../../../framework/kinds/tracker';
import { rejection } from '../../support/rejection';
import { temporaryFolder } from '../../support/temporary';
import { environment } from '../tensorflow/install-environment';

const DEFAULTS = `runs: output
data: /mnt/data
plugins: src/parts
ignore: [plugins/draft]
settings:
  trackers: [JSONL]
experiments:
  regress:
    epochs: 7
    model.hidden: [8]
`;

const plugin = (name: string) => `
const { option, Tracker } = require('explab');
exports.Plugin = class extends Tracker { scalars() {} flush() {} close() {} };
option(Tracker, '${name}')(exports.Plugin);
`;

describe("a project's defaults", () => {
  const folder = temporaryFolder();
  const set = environment();
  const write = (file: string, text: string) => {
    mkdirSync(join(folder(), file, '..'), { recursive: true });
    writeFileSync(join(folder(), file), text);
  };
  const overrides = (experiment: string, args: string[] = [], env = {}) =>
    gatherOverrides({ args, environment: env, project: { file: readProjectFile(folder()), experiment } });

  it('are settings of every experiment and of one, each with its file and line', () => {
    write('explab.yaml', DEFAULTS);
    const file = join(folder(), 'explab.yaml');
    expect(overrides('regress').map(({ key, text, origin, location }) => [key, text, origin, location])).to.deep.equal([
      ['trackers', '[JSONL]', 'project', `in ${file}, line 6`],
      ['epochs', '7', 'project', `in ${file}, line 9`],
      ['model.hidden', '[8]', 'project', `in ${file}, line 10`],
    ]);
    expect(overrides('gan').map(({ key }) => key)).to.deep.equal(['trackers']);
  });

  it('come before those of the environment and the command line', () => {
    write('explab.yaml', DEFAULTS);
    const origins = overrides('gan', ['seed=1'], { EXPLAB_SET: 'epochs=1' }).map(({ origin }) => origin);
    expect(origins).to.deep.equal(['project', 'environment', 'command line']);
  });

  it('can be in package.json, but not in both', () => {
    write('package.json', '{\n "explab": {\n  "settings": {\n   "epochs": 3 } } }');
    const [epochs] = overrides('gan');
    expect(epochs).to.include({ text: '3', location: `in ${join(folder(), 'package.json')}, line 4` });
    write('explab.yaml', DEFAULTS);
    expect(() => readProjectFile(folder())).to.throw(/explab\.yaml and the key explab of package\.json both/);
  });

  it('name the folders of runs and data', () => {
    write('explab.yaml', DEFAULTS);
    set({ EXPLAB_ROOT: folder(), EXPLAB_RUNS: undefined });
    expect(runsFolder()).to.equal(join(folder(), 'output'));
    expect(dataFolder('mnist')).to.equal('/mnt/data/mnist');
    write('explab.yaml', '');
    expect(runsFolder()).to.equal(join(folder(), 'runs'));
    expect(dataFolder('mnist')).to.equal(join(folder(), 'data/mnist'));
  });

  it('add folders with plugins, and ignore plugins', () => {
    write('explab.yaml', DEFAULTS);
    for (const [path, name] of [
      ['plugins/kept', 'Kept'],
      ['plugins/draft/one', 'Draft'],
      ['src/parts/part', 'Part'],
    ] as const)
      write(`${path}/index.js`, plugin(name));
    const options = loadPlugins([folder()]).optionsOf(Tracker);
    expect(options.map(({ name, file }) => [name, file])).to.deep.equal([
      ['Kept', 'plugins/kept/index.js'],
      ['Part', 'src/parts/part/index.js'],
    ]);
  });

  it('report an unknown key with the nearest, and a value of a wrong type', () => {
    write('explab.yaml', 'run: x');
    expect(() => readProjectFile(folder()))
      .to.throw(/explab\.yaml: unknown key "run"/)
      .with.nested.property('hints[0]')
      .that.match(/^Did you mean runs\?/);
    write('explab.yaml', 'checkDirty: maybe');
    expect(() => readProjectFile(folder())).to.throw(/explab\.yaml: checkDirty: expected boolean/);
    write('explab.yaml', 'settings:\nexperiments:\n  gan:\n');
    expect(overrides('gan')).to.deep.equal([]);
    write('explab.yaml', 'runs: [');
    expect(() => readProjectFile(folder())).to.throw(/explab\.yaml: /);
  });

  const refusal = async () => (await rejection(checkClean(folder(), join(folder(), 'runs')))) as Error;

  it('can require committed code', async () => {
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: folder(), stdio: 'pipe' });
    expect((await refusal()).message).to.match(/not in a git repository/);
    git('init', '-q');
    write('a.ts', '1');
    git('add', '-A');
    git('commit', '-qm', 'first');
    write('runs/x', 'a run');
    await checkClean(folder(), join(folder(), 'runs'));
    write('a.ts', '2');
    write('b.ts', '2');
    expect((await refusal()).message).to.equal('The code has changes that are not committed: a.ts, b.ts.');
  });
});
