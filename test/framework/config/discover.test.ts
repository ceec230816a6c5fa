import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { discover, pluginsBelow } from '../../../framework/config/resolve/discover';
import { Tracker } from '../../../framework/kinds/tracker';
import { temporaryFolder } from '../../support/temporary';

/** A plugin's code that needs nothing but the package. */
const pluginCode = (name: string) => `
import { option, Tracker } from 'explab';
@option(Tracker, '${name}')
export class Plugin extends Tracker { scalars() {} flush() {} close() {} }
`;

describe('discovering plugins', () => {
  const folder = temporaryFolder();
  const write = (file: string, code: string) => {
    mkdirSync(dirname(join(folder(), file)), { recursive: true });
    writeFileSync(join(folder(), file), code);
  };
  const find = () => discover(pluginsBelow(folder(), ['plugins']));
  const names = () =>
    find()
      .optionsOf(Tracker)
      .map((option) => option.name);

  it('finds them by folder, at any depth, in a fixed order', () => {
    write('plugins/trackers/second/index.ts', pluginCode('Second'));
    write('plugins/first/index.ts', pluginCode('First'));
    write('plugins/first/helper/index.ts', 'throw new Error("a plugin\'s inner folders are its own");');
    expect(names()).to.deep.equal(['First', 'Second']);
  });

  it('finds linked ones, each once', () => {
    write('elsewhere/index.ts', pluginCode('Linked'));
    mkdirSync(join(folder(), 'plugins'));
    for (const name of ['one', 'two']) symlinkSync('../elsewhere', join(folder(), 'plugins', name));
    symlinkSync('.', join(folder(), 'plugins/loop'));
    expect(names()).to.deep.equal(['Linked']);
  });

  it('finds none if there is no folder', () => {
    expect(names()).to.deep.equal([]);
  });

  it('works in a path with spaces and non-ASCII letters', () => {
    write('plugins/mine and yours/ünïcode 数/index.ts', pluginCode('Far'));
    expect(names()).to.deep.equal(['Far']);
  });

  it('names the file of a plugin that throws, and loads the others', () => {
    write('plugins/bad/index.ts', 'throw new Error("no luck today");');
    write('plugins/good/index.ts', pluginCode('Good'));
    const registry = find();
    expect(registry.broken.map(({ file, error }) => `${file}: ${error.message}`)).to.deep.equal([
      'plugins/bad/index.ts: no luck today',
    ]);
    expect(registry.optionsOf(Tracker)).to.have.length(1);
  });

  it('names a module that a plugin imports and that is missing', () => {
    write('plugins/other/index.ts', "import 'no-such-module';");
    expect(find().broken[0]?.error.message).to.equal("Cannot find module 'no-such-module'");
  });

  it('gives plugins the copy of explab and inversify that runs, whichever they have', () => {
    for (const name of ['explab', 'inversify'])
      write(`node_modules/${name}/index.js`, 'throw new Error("another copy");');
    write('plugins/one/index.ts', `import 'inversify';${pluginCode('One')}`);
    expect(names()).to.deep.equal(['One']);
  });

  it('finds ./x.ts where a plugin imports ./x.js, as TypeScript spells it in ES modules', () => {
    write('plugins/one/index.ts', `export { Plugin } from './plugin.js';`);
    write('plugins/one/plugin.ts', pluginCode('One'));
    expect(names()).to.deep.equal(['One']);
  });

  it('names the file of a plugin that does not parse', () => {
    write('plugins/bad/index.ts', 'export class {');
    expect(find().broken.map(({ file }) => file)).to.deep.equal(['plugins/bad/index.ts']);
  });

  it('names both files of two options with the same name', () => {
    write('plugins/a/index.ts', pluginCode('Same'));
    write('plugins/b/index.ts', pluginCode('Same'));
    const [broken] = find().broken;
    expect(broken?.error.message).to.equal(
      'Duplicate option Same of kind Tracker: plugins/a/index.ts and plugins/b/index.ts',
    );
  });

  it('reports a plugin that exports no option', () => {
    write('plugins/empty/index.ts', 'export const nothing = 1;');
    expect(find().broken[0]?.error.message).to.match(/exports neither an option nor a preset/);
  });

  it('reports broken plugins if an option is not found', () => {
    write('plugins/bad/index.ts', 'throw new Error("no luck today");');
    expect(() => find().find(Tracker, 'Bad'))
      .to.throw()
      .with.nested.property('hints[1]', 'plugins/bad/index.ts could not be loaded: no luck today');
  });

  describe('reports a mistake when an option is registered', () => {
    const HEAD = "import { option, Tracker, value } from 'explab';\n";
    const METHODS = '{ scalars() {} flush() {} close() {} }';
    const cases: [what: string, code: string, message: RegExp][] = [
      [
        'a wrong base class',
        "@option(Tracker, 'Bad') export class Bad {}",
        /Bad is registered as the Tracker "Bad", but does not extend/,
      ],
      [
        'settings that are plain values',
        `class S { beta = 0.01 } @option(Tracker, 'Bad', S) export class Bad extends Tracker ${METHODS}`,
        /S\.beta is not a setting.*beta = value\(0\.01\);$/,
      ],
      [
        'settings without a value',
        `class S { beta!: number } @option(Tracker, 'Bad', S) export class Bad extends Tracker ${METHODS}`,
        /S\.beta is not a setting/,
      ],
      [
        'an empty list without a type',
        `class S { list = value([]) } @option(Tracker, 'Bad', S) export class Bad extends Tracker ${METHODS}`,
        /settings S cannot be created: Cannot infer the type of an empty list/,
      ],
      [
        'a constructor with settings that @option does not name',
        "@option(Tracker, 'Bad') export class Bad extends Tracker { constructor(readonly s: object) { super(); } }",
        /constructor of Bad has an argument without a class.*@option\(Tracker, 'Bad', Settings, \.\.\.\)/,
      ],
      [
        'a constructor that it inherits and that takes settings',
        `class Base extends Tracker { constructor(readonly s: object) { super(); } scalars() {} flush() {} close() {} }
         @option(Tracker, 'Bad') export class Bad extends Base {}`,
        /constructor of Bad has an argument without a class.*@option\(Tracker, 'Bad', Settings, \.\.\.\)/,
      ],
      [
        'services in place of settings',
        `import { Run } from 'explab'; class S {}
         @option(Tracker, 'Bad', Run, S) export class Bad extends Tracker ${METHODS}`,
        /^Run is no settings class: its constructor has arguments\.$/,
      ],
      [
        'an empty name',
        `@option(Tracker, '') export class Bad extends Tracker ${METHODS}`,
        /^Bad is registered under an empty name\.$/,
      ],
      ['something thrown that is no error', 'throw undefined;', /^it throws undefined, which is no Error$/],
    ];
    for (const [what, code, message] of cases) {
      it(`such as ${what}, and loads the others`, () => {
        write('plugins/bad/index.ts', HEAD + code);
        write('plugins/good/index.ts', pluginCode('Good'));
        const { broken } = find();
        expect(broken.map(({ file }) => file)).to.deep.equal(['plugins/bad/index.ts']);
        expect(broken[0]?.error.message).to.match(message);
        expect(names()).to.deep.equal(['Good']);
      });
    }

    it('such as abstract methods that it lacks or misspells', () => {
      write(
        'plugins/bad/index.ts',
        `${HEAD}@option(Tracker, 'Bad') export class Bad extends Tracker { scalers() {} flush() {} }`,
      );
      expect(find().broken[0]?.error).to.include({
        message: 'The Tracker "Bad" lacks scalars(step, scalars) of Tracker and close() of Tracker.',
        text: [
          'The Tracker "Bad" lacks scalars(step, scalars) of Tracker and close() of Tracker.',
          '  Rename Bad.scalers to scalars.',
          '  Add close() to Bad.',
          '  At plugins/bad/index.ts:2',
        ].join('\n'),
      });
    });

    it('such as an abstract method of a kind of its own domain, or of a class between', () => {
      write(
        'plugins/series/kind.ts',
        `export abstract class Series { abstract values(count: number): number[]; abstract readonly window: number }
         export abstract class Waves extends Series { abstract phase({ at }: { at: number }): number }`,
      );
      write(
        'plugins/series/sine/index.ts',
        `import { option } from 'explab'; import { Series, Waves } from '../kind';
         @option(Series, 'Sine') export class Sine extends Waves { window = 3 }`,
      );
      expect(find().broken[0]?.error.message).to.equal(
        'The Series "Sine" lacks phase(...) of Waves and values(count) of Series.',
      );
    });

    it('and takes fields with functions, and inherited methods, for methods', () => {
      write(
        'plugins/one/index.ts',
        `${HEAD}class Base extends Tracker { scalars = () => {}; flush() {} close() {} }
         @option(Tracker, 'One') export class One extends Base {}`,
      );
      expect(names()).to.deep.equal(['One']);
    });

    it('such as two options of one name, also when one is chosen', () => {
      for (const name of ['a', 'b']) write(`plugins/${name}/index.ts`, pluginCode('Same'));
      expect(() => find().find(Tracker, 'Same')).to.throw('Duplicate option Same of kind Tracker');
    });
  });

  it('injects settings and services that @option names, also for arguments with defaults', () => {
    write(
      'plugins/one/index.ts',
      `import { Monitor, option, Tracker, value } from 'explab';
class S { list = value(3) }
@option(Tracker, 'One', S, Monitor)
export class One extends Tracker { constructor(readonly s: S = new S(), readonly monitor?: Monitor) { super(); } scalars() {} flush() {} close() {} }`,
    );
    const { type } = find().find(Tracker, 'One');
    const { constructorArguments } = Reflect.getOwnMetadata('@inversifyjs/core/classMetadataReflectKey', type) as {
      constructorArguments: { value: { name: string } }[];
    };
    expect(constructorArguments.map(({ value }) => value.name)).to.deep.equal(['S', 'Monitor']);
  });

  it('does not take an index.ts that would hide all others', () => {
    write('plugins/index.ts', 'throw new Error("not loaded");');
    write('plugins/good/index.ts', pluginCode('Good'));
    expect(names()).to.deep.equal(['Good']);
    expect(find().broken).to.deep.equal([]);
  });
});
