import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { createContext } from '../../../framework/cli/command-context';
import { discover, pluginsBelow } from '../../../framework/config/resolve/discover';
import { Resolution } from '../../../framework/config/resolve/resolution';
import { gatherOverrides } from '../../../framework/config/parse/gather-overrides';
import { findExperiment } from '../../../framework/experiment/find-experiment';
import { ImageDataset } from '../../../plugins/images/kinds/image-dataset';
import { Tracker } from '../../../framework/kinds/tracker';
import { RunFolder } from '../../../framework/run/run-folder';
import { checkRunName } from '../../../framework/run/run-name';
import { inThisProcess } from '../../support/cli';
import { errorMessage } from '../../support/config';
import { exp } from '../../support/exp';
import { temporaryFolder } from '../../support/temporary';

const { registry } = createContext(true);

/** What exp tells of settings of diffuse. */
const complaint = (...argv: string[]) =>
  errorMessage(() => new Resolution(registry, findExperiment(registry, 'diffuse'), gatherOverrides({ args: argv })));

describe('bad input', () => {
  const folder = temporaryFolder(join(__dirname, '../../..'));

  describe('that would reach a prototype', () => {
    for (const word of [
      '__proto__.x=1',
      'constructor.prototype.x=1',
      'dataset.__proto__.b=1',
      'dataset=__proto__',
      'dataset=constructor',
      'trackers=[__proto__]',
      'preset=__proto__',
    ]) {
      it(`is refused: ${word}`, () => {
        expect(complaint(word)).to.match(/has no setting "|unknown \w+ "|is not one of:/);
        expect(({} as Record<string, unknown>)['x']).to.equal(undefined);
        expect(({} as Record<string, unknown>)['b']).to.equal(undefined);
      });
    }
  });

  describe('for the number of workers', () => {
    const commands = [
      ['run', 'classify', '--dry-run'],
      ['run', '--from', 'latest'],
      ['resume', 'latest'],
      ['rerun', 'latest'],
    ];
    for (const count of ['ten', '2.5', '0', '-1']) {
      it(`is refused by every command that trains: ${count}`, async () => {
        for (const args of commands) {
          const { code, stderr } = await inThisProcess([...args, '--workers', count], folder());
          expect(stderr).to.match(/^--workers: expected an integer of at least 1\./);
          expect(code).to.equal(2);
        }
      });
    }

    it('is accepted if the last of repeated options is one', async () => {
      const args = ['rerun', 'never', '--dry-run', '--workers', 'ten', '--workers', '2'];
      expect((await inThisProcess(args, folder())).stderr).to.match(/^There is no run "never"/);
    });
  });

  describe('for a setting', () => {
    const cases: [word: string, message: RegExp][] = [
      ['lr=1e-5', /^lr=1e-5: diffuse has no setting "lr"\./],
      ['learningrate=1', /Did you mean learningRate\?/],
      ['model.chanels=3', /UNet has no setting "chanels"\.\n {2}Did you mean model\.channels\?/],
      ['learningRate=', /^learningRate=: an empty string is not a number\./],
      ['learningRate=abc', /^learningRate=abc: "abc" is not a number\./],
      ['learningRate=1e999', /^learningRate=1e999: .*not a finite number\./],
      ['learningRate=NaN', /"NaN" is not a number/],
      ['learningRate=Infinity', /"Infinity" is not a number/],
      ['learningRate=-1', /-1 is less than 0/],
      ['epochs=0x10', /"0x10" is not a number/],
      ['epochs=1.5', /1\.5 is not an integer/],
      ['epochs=1e300', /is not an integer/],
      ['epochs=[1]', /"\[1\]" is not a number/],
      ['compile=yes', /"yes" is not one of: auto, graph, xla, false/],
      ['dataset=', /^dataset=: unknown ImageDataset ""/],
      ['dataset=Adam', /Adam is registered as Optimizer, not as ImageDataset\./],
      ['=1', /^"=1" is not a setting\./],
      ['epochs', /^"epochs" is not a setting\./],
      ['--epochs', /^"--epochs" is not a setting\./],
    ];
    for (const [word, message] of cases) it(`is reported: ${word}`, () => expect(complaint(word)).to.match(message));

    it('is reported all at once, each with its position', () => {
      const text = complaint('epochs=x', 'dataset=CelabA', 'sed=1', 'model.dropout=2');
      for (const position of [1, 2, 3, 4]) {
        expect(text).to.contain(`Set on the command line (setting ${position} of 4).`);
      }
    });

    it('includes a setting within a setting that is a plain value', () => {
      expect(complaint('epochs=1', 'epochs.b=2')).to.match(/^epochs\.b=2: diffuse has no setting "epochs\.b"\./);
    });
  });

  describe('for the name of a run', () => {
    const names = ['../../x', '/etc/x', '', '.', '..', '-rf', 'x'.repeat(300), 'a\0b', 'a\nb', 'con', 'COM1.txt'];
    for (const name of [...names, 'a b', 'a/b', 'a\\b', 'é', 'latest', '7', 'x.']) {
      it(`is refused, and nothing is created: ${JSON.stringify(name.slice(0, 20))}`, () => {
        expect(errorMessage(() => checkRunName(name))).to.match(/^--name .*: invalid run name\./);
        expect(() => RunFolder.create(folder(), 'diffuse', new Date(), name)).to.throw();
        expect(readdirSync(folder())).to.deep.equal([]);
      });
    }
  });

  describe('of a plugin', () => {
    const plugin = (name: string, code: string) => {
      mkdirSync(join(folder(), 'plugins', name), { recursive: true });
      writeFileSync(join(folder(), 'plugins', name, 'index.ts'), code);
    };
    const good = `import { option, Tracker } from 'explab';
@option(Tracker, 'Good') export class Good extends Tracker { scalars() {} flush() {} close() {} }`;
    const found = () => discover(pluginsBelow(folder(), ['plugins']));
    const broken = () => found().broken.map(({ file, error }) => `${file}: ${error.message.split('\n')[0] ?? ''}`);

    const cases: [what: string, code: string, message: RegExp][] = [
      ['does not parse', 'export class {', /^plugins\/bad\/index\.ts: /],
      ['throws', 'throw new Error("no luck");', /^plugins\/bad\/index\.ts: no luck$/],
      ['throws what is no error', 'throw "no luck";', /^plugins\/bad\/index\.ts: no luck$/],
      ['exports nothing', 'export {};', /neither an option nor a preset/],
      ['exports a class that is not marked', 'export class Plain {}', /neither an option nor a preset/],
      ['imports what is not there', "import 'nowhere-at-all';", /Cannot find module 'nowhere-at-all'/],
      ['has an option that is there already', good, /Duplicate option Good of kind Tracker: .*bad.*good/],
      ['waits for what never comes', `await new Promise(() => {});\n${good}`, /^plugins\/bad\/index\.ts: /],
    ];
    for (const [what, code, message] of cases) {
      it(`that ${what} is reported with its file, and the others still work`, () => {
        plugin('bad', code);
        plugin('good', good);
        expect(broken().join()).to.match(message);
        expect(found().optionsOf(Tracker)).to.have.length(1);
      });
    }

    it('of one kind is not accepted as another', () => {
      plugin('good', good);
      expect(errorMessage(() => found().find(ImageDataset, 'Good'))).to.match(/Good is registered as Tracker/);
    });

    it('that exports a promise that never resolves does not block the others', () => {
      plugin('good', `${good}\nexport const never = new Promise(() => {});`);
      expect(broken()).to.deep.equal([]);
    });

    it('in a link to a parent folder is not searched for endlessly', () => {
      plugin('good', good);
      symlinkSync('..', join(folder(), 'plugins', 'loop'));
      expect(found().optionsOf(Tracker)).to.have.length(1);
    });
  });

  describe('on the command line', () => {
    const cases: [what: string, argv: string[], code: number, expected: RegExp][] = [
      ['no command', [], 2, /exp list/],
      [
        'an unknown option',
        ['run', 'diffuse', '--epochs', '3'],
        2,
        /^Unknown option --epochs\.\n {2}For a setting: epochs=3\n {2}See exp run --help\n?$/,
      ],
      ['a missing argument', ['explain'], 2, /^Missing argument <experiment>\.\n {2}See exp explain --help/],
      [
        'the second of two missing',
        ['runs', 'note', 'x'],
        2,
        /^Missing argument <text>\.\n {2}See exp runs note --help/,
      ],
      ['a sweep of nothing', ['sweep'], 2, /^Missing argument <experiment>\./],
      ['one argument too many', ['list', 'a', 'b'], 2, /^Unexpected argument "b"\./],
      [
        'an unknown experiment',
        ['explain', 'difuse'],
        2,
        /^Unknown experiment "difuse"\.\n {2}Did you mean diffuse\? Registered: /,
      ],
      ['an option without its value', ['run', 'diffuse', '--name', '-rf'], 2, /^--name requires a value\./],
      ['a name that leads elsewhere', ['run', 'diffuse', '--name', '../../x'], 2, /^--name "\.\.\/\.\.\/x"/],
      ['a name that is an option', ['run', 'diffuse', '--name=-rf'], 2, /^--name "-rf"/],
      ['no name', ['run', 'diffuse', '--name', ''], 2, /^--name ""/],
      ['a file that is not there', ['run', 'diffuse', '--config', 'nowhere.yaml'], 2, /^nowhere\.yaml: no such file/],
      ['an unknown format', ['explain', 'diffuse', '--format', 'xml'], 2, /Invalid values/],
    ];
    for (const [what, argv, code, expected] of cases) {
      it(`such as ${what} is reported, and nothing is created`, async () => {
        const ended = await inThisProcess(argv, join(folder(), 'runs'));
        expect([ended.code, ended.stdout]).to.deep.equal([code, '']);
        expect(ended.stderr).to.match(expected);
        expect(ended.stderr).not.to.match(/\n\s+at /);
        expect(existsSync(join(folder(), 'runs'))).to.equal(false);
      });
    }

    it('does not include --help, --version and --dry-run, which succeed', async () => {
      for (const argv of [['--help'], ['run', '--help'], ['--version'], ['run', 'diffuse', '--dry-run']]) {
        const ended = await exp(argv, { runs: join(folder(), 'runs') });
        expect([ended.code, ended.stderr]).to.deep.equal([0, '']);
      }
      expect(existsSync(join(folder(), 'runs'))).to.equal(false);
    });

    it('is not read if the working directory was removed, which is reported', async () => {
      const gone = join(folder(), 'gone');
      const removing = join(folder(), 'removing.js');
      mkdirSync(gone);
      writeFileSync(removing, `process.chdir('${gone}'); require('fs').rmdirSync('${gone}');`);
      const ended = await exp(['list'], { env: { NODE_OPTIONS: `--require ${removing}` } });
      expect([ended.code, ended.stderr]).to.deep.equal([
        1,
        'The working directory no longer exists.\n  Change to another one: cd ~\n',
      ]);
    });

    it('is not read by a Node that is too old, and the required version is reported', async () => {
      const old = join(folder(), 'old.js');
      writeFileSync(old, "Object.defineProperty(process.versions, 'node', { value: '18.20.8' });");
      const ended = await exp(['--version'], { env: { NODE_OPTIONS: `--require ${old}` } });
      expect([ended.code, ended.stderr]).to.deep.equal([
        1,
        'exp needs Node 20.19 or newer, and this is 18.20.8.\n  Install a newer one: https://nodejs.org\n',
      ]);
    });

    it("is not read under Yarn's Plug'n'Play, and what to configure is reported", async () => {
      const pnp = join(folder(), 'pnp.js');
      writeFileSync(pnp, "process.versions.pnp = '3';");
      const ended = await exp(['--version'], { env: { NODE_OPTIONS: `--require ${pnp}` } });
      expect(ended.code).to.equal(1);
      expect(ended.stderr).to.match(/^exp does not run under Yarn's Plug'n'Play\.\n.*nodeLinker node-modules/);
    });
  });
});
