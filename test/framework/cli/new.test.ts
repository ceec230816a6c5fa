import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect } from 'chai';
import { loadPlugins } from '../../../framework/api/load-plugins';
import { kebabCase, namesOf } from '../../../framework/cli/scaffold/names';
import { templates } from '../../../framework/cli/scaffold/templates';
import { findStrays } from '../../../framework/project/strays';
import { CODE_ROOT } from '../../../framework/util/own-package';
import { command } from '../../support/cli';
import { temporaryFolder } from '../../support/temporary';

/** Kinds of an experiment's own models, which belong to no domain. */
const OF_EXPERIMENTS = ['Regressor', 'Generator', 'Discriminator'];

describe('exp new', () => {
  const folder = temporaryFolder();
  const builtIn = loadPlugins([CODE_ROOT]);
  const run = (...args: string[]) => command(args, join(folder(), 'runs'));
  const write = (...args: string[]) => run('new', ...args);
  const before = { ...process.env };

  beforeEach(() => {
    process.env['EXPLAB_ROOT'] = folder();
    writeFileSync(join(folder(), 'package.json'), '{}');
  });
  afterEach(() => {
    process.env = { ...before };
  });

  it('has a template for every kind of the engine and the domains', () => {
    const kinds = builtIn.kinds.map(({ name }) => name).filter((name) => !OF_EXPERIMENTS.includes(name));
    expect(templates([CODE_ROOT]).map(({ kind }) => kind)).to.have.members(kinds.map(kebabCase));
  });

  it('writes an option of every kind, which is registered, and a test, which is not taken for a plugin', async () => {
    const kinds = templates([CODE_ROOT]).map(({ kind }) => kind);
    for (const kind of kinds) expect((await write(kind, `my-${kind}`)).err).to.equal('');
    const registry = loadPlugins([folder()]);
    expect(registry.broken).to.deep.equal([]);
    expect(findStrays(folder())).to.deep.equal([]);
    const found = registry.kinds.flatMap((kind) =>
      registry.optionsOf(kind).map(({ name, path }) => [kebabCase(kind.name), kebabCase(name), dirname(path)]),
    );
    const expected = kinds.map((kind) => {
      const parent = kind === 'experiment' ? 'experiments' : 'plugins';
      return [kind, `my-${kind}`, join(folder(), parent, `my-${kind}`)];
    });
    expect(found).to.have.deep.members(expected);
    for (const [, , path = ''] of expected)
      expect(readdirSync(path)).to.have.members(['index.ts', 'index.test.ts'], basename(path));
  });

  it('takes a template of a domain of the project', async () => {
    mkdirSync(join(folder(), 'plugins/audio/kinds/templates'), { recursive: true });
    writeFileSync(join(folder(), 'plugins/audio/domain.ts'), '');
    for (const name of ['recording.ts.txt', 'recording.test.ts.txt'])
      writeFileSync(join(folder(), 'plugins/audio/kinds/templates', name), `// {{Name}} {{name}} {{rate=8000}}\n`);
    await write('Recording', 'BirdSong', '--dir', join(folder(), 'plugins/audio'));
    const text = readFileSync(join(folder(), 'plugins/audio/bird-song/index.ts'), 'utf8');
    expect(text).to.equal('// BirdSong bird-song 8000\n');
  });

  it('only prints the files in a dry run', async () => {
    const { out } = await write('callback', 'EarlyStop', '--dry-run');
    const path = (name: string) => join(folder(), 'plugins/early-stop', name);
    expect(out).to.equal(`Would write ${path('index.ts')}\nWould write ${path('index.test.ts')}`);
    expect(existsSync(join(folder(), 'plugins'))).to.equal(false);
  });

  it('says what to do with an option that is not found where it is', async () => {
    const { out } = await write('callback', 'EarlyStop', '--dir', join(folder(), 'src'));
    expect(out).to.include(join(folder(), 'src/early-stop/index.ts'));
    expect(out).to.include('export it from a file that the explab key of package.json names');
  });

  const REFUSED: [what: string, args: string[], text: RegExp][] = [
    ['an unknown kind', ['trakcer', 'Mine'], /Unknown kind "trakcer".\n.*Did you mean tracker\?/],
    ['part of a kind', ['dataset', 'Mine'], /Did you mean image-dataset or table-dataset or text-dataset\?/],
    [
      'the name of an option of that kind',
      ['callback', 'earlyStopping'],
      /Callback EarlyStopping exists already, in plugins/,
    ],
    ['the name of an experiment', ['experiment', 'gan'], /Experiment gan exists already/],
    ['a name that the code uses', ['callback', 'Training'], /The code of a new callback refers to another Training/],
    ['a package of the name of its dependency', ['plugin-package', 'explab'], /called explab.*\n.*my-explab/],
    ['a name with other characters', ['callback', 'my callback'], /"my callback" has other characters/],
  ];
  for (const [what, args, text] of REFUSED) {
    it(`refuses ${what}`, async () => {
      const { code, err } = await write(...args);
      expect(err).to.match(text);
      expect(code).to.equal(2);
      expect(readdirSync(folder())).to.deep.equal(['package.json']);
    });
  }

  it('refuses a folder that exists', async () => {
    mkdirSync(join(folder(), 'plugins/mine'), { recursive: true });
    const { code, err } = await write('callback', 'Mine');
    expect([code, err]).to.deep.equal([
      2,
      `${join(folder(), 'plugins/mine')} exists already.\n  Choose another name, or another parent folder: --dir FOLDER`,
    ]);
  });

  it('takes an option of another kind for no obstacle', async () => {
    expect((await write('noise-schedule', 'Constant')).code).to.equal(0);
  });

  it('writes a package with plugins, whose package.json names its files', async () => {
    const { out } = await write('plugin-package', 'exp-plugin-decay', '--dir', folder());
    const path = join(folder(), 'exp-plugin-decay');
    expect(out.split('\n').at(-1)).to.equal(`  cd ${path} && npm install && npm test && npm run build`);
    const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Record<string, unknown>;
    expect(manifest).to.deep.include({
      name: 'exp-plugin-decay',
      keywords: ['explab-plugin'],
      explab: { plugins: './dist/index.js' },
    });
    expect(manifest['peerDependencies']).to.have.property('explab');
    expect(readFileSync(join(path, 'src/index.ts'), 'utf8')).to.include("@option(LearningRateSchedule, 'Decay'");
  });

  describe('exp init', () => {
    it('writes a project whose experiment takes its dataset', async () => {
      const path = join(folder(), 'surf');
      expect((await run('init', path)).code).to.equal(0);
      const registry = loadPlugins([CODE_ROOT, path]);
      expect(registry.broken).to.deep.equal([]);
      expect(readFileSync(join(path, 'experiments/surf/index.ts'), 'utf8')).to.include("slot(TableDataset, 'Waves')");
      expect(readFileSync(join(path, '.gitignore'), 'utf8')).to.include('node_modules/');
      expect(readFileSync(join(path, 'README.md'), 'utf8')).to.include('npx exp run surf ');
    });

    const MANAGERS: [manager: string, agent: string, files: string[], next: string][] = [
      ['npm', 'npm/11.19.1 node/v20.20.2 linux x64', [], 'npm install && npx exp run surf'],
      [
        'pnpm',
        'pnpm/12.21.0 npm/? node/v20.20.2 linux x64',
        ['pnpm-workspace.yaml'],
        'pnpm install && pnpm exp run surf',
      ],
      ['yarn', 'yarn/1.22.22 npm/? node/v20.20.2 linux x64', [], 'yarn install && yarn exp run surf'],
    ];
    for (const [manager, agent, files, next] of MANAGERS)
      it(`writes what ${manager} needs, and says how to go on with it`, async () => {
        process.env['npm_config_user_agent'] = agent;
        expect((await run('init', join(folder(), 'surf'))).out).to.include(next);
        const written = readdirSync(join(folder(), 'surf'));
        expect(written.filter((name) => name.startsWith('pnpm'))).to.deep.equal(files);
      });

    it('refuses the name of a built-in experiment or of a dependency, and a folder that exists', async () => {
      expect((await run('init', join(folder(), 'typescript'))).err).to.match(/cannot be called typescript/);
      expect((await run('init', join(folder(), 'gan'))).err).to.match(/Experiment gan exists already/);
      mkdirSync(join(folder(), 'surf'));
      expect((await run('init', join(folder(), 'surf'))).err).to.match(/surf exists already/);
    });
  });
});

describe('names', () => {
  const SPELLINGS: [spelling: string, Name: string, name: string][] = [
    ['EarlyStop', 'EarlyStop', 'early-stop'],
    ['early-stop', 'EarlyStop', 'early-stop'],
    ['MyDDIM2', 'MyDDIM2', 'my-ddim2'],
    ['CSVFile', 'CSVFile', 'csv-file'],
  ];
  for (const [spelling, Name, name] of SPELLINGS)
    it(`has ${spelling} as the class ${Name} in the folder ${name}`, () => {
      expect(namesOf(spelling)).to.deep.equal({ Name, name });
    });
});
