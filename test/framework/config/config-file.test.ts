import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { fileOverrides } from '../../../framework/config/parse/config-file';
import { group, optional, slot, slots, value } from '../../../framework/config/declare/declare';
import { errorMessage, configOf } from '../../support/config';
import { temporaryFolder } from '../../support/temporary';
import { Moss, Plant, Rake, Spade, Tool, Tree } from './kinds.fixture';

class Optics {
  focus = value(1.5);
}

class Settings {
  size = value(3);
  name = value('?');
  list = value([1]);
  weights = value({ a: 1, b: 2 });
  deep = value({ a: { x: 1 } });
  rules = value({}, { type: { each: { fields: { size: 'number', on: 'boolean' } } } });
  limit = optional('number');
  optics = group(Optics);
  plant = slot(Plant, 'Moss');
  tools = slots(Tool, ['Rake']);
}

const plugins = { Tree, Moss, Rake, Spade };

describe('a config file', () => {
  const folder = temporaryFolder();
  const file = (text: string | Buffer, name = 'config.yaml') => {
    const path = join(folder(), name);
    writeFileSync(path, text);
    return path;
  };
  const read = (text: string, name?: string) => configOf(Settings, { files: [file(text, name)], plugins }).settings;
  const complaint = (text: string | Buffer) =>
    errorMessage(() => configOf(Settings, { files: [file(text)], plugins })).replaceAll(`${folder()}/`, '');

  it('has values of YAML, which are not read again as text', () => {
    expect(complaint('name: [1, 2]')).to.match(/^name=\[1, 2\]: \["1","2"\] is not a string\./);
    expect(read('name: "[1, 2]"').name).to.equal('[1, 2]');
    expect(read('weights: { a: 2 }').weights).to.deep.equal({ a: 2 });
  });

  it('has records whose names may have dots, in their order', () => {
    const { rules } = read("rules:\n  'b.*': { size: 2, on: true }\n  a.on: { on: false }\n  b.c: {}");
    expect(Object.entries(rules)).to.deep.equal([
      ['b.*', { size: 2, on: true }],
      ['a.on', { on: false }],
      ['b.c', {}],
    ]);
    expect(complaint('rules: { b: { siz: 2 } }')).to.match(/"siz" is not one of: size, on\.\n {2}Did you mean size\?/);
  });

  it('has nested settings, and the option of a slot by its name', () => {
    const settings = read(`
size: 1_000
name: two words
list: [1, 2e1]
optics:
  focus: .5
plant:
  option: Tree
  height: 40
tools: [Spade]
limit: ~
`);
    expect(settings).to.deep.include({ size: 1000, name: 'two words', list: [1, 20], limit: undefined });
    expect([settings.optics.focus, settings.plant.height, settings.tools[0]?.name]).to.deep.equal([0.5, 40, 'spade']);
  });

  it('also has keys with dots, and signs that add and remove', () => {
    const settings = read('plant: Tree\nplant.height: 40\n+tools: [Spade]\n~weights: [a]\noptics.focus: 2\n');
    expect([settings.plant.height, settings.tools.length, settings.weights]).to.deep.equal([40, 2, { b: 2 }]);
  });

  it('clears the setting of a ~key without a value, as the command line does', () => {
    const settings = read('~tools:\n~list: null\nlimit: 3\n~limit:\n');
    expect([settings.tools.length, settings.list, settings.limit]).to.deep.equal([0, [], undefined]);
  });

  it('replaces a map like a list, adds to it, or changes an entry', () => {
    expect(read('weights:\n  b: 7\n  c: 8\n').weights).to.deep.equal({ b: 7, c: 8 });
    expect(read('weights: {}\n').weights).to.deep.equal({});
    expect(read('+weights: {c: 8}\n').weights).to.deep.equal({ a: 1, b: 2, c: 8 });
    expect(read('weights.b: 7\n').weights).to.deep.equal({ a: 1, b: 7 });
    expect(read('deep:\n  b: {y: 7}\n  c: {}\n').deep).to.deep.equal({ b: { y: 7 }, c: {} });
  });

  it('may be JSON, with a schema for editors', () => {
    const settings = read(
      '{"$schema": "x.json", "plant": {"option": "Tree", "height": 4}, "limit": null}',
      'config.json',
    );
    expect(settings.plant.height).to.equal(4);
  });

  it('may have references, quoted or not, and escaped ones', () => {
    const files = [file('size: ${optics.focus}\nname: "${size}/${env:HOME}/$${x}"\nlist: [${size}]\n')];
    const { settings } = configOf(Settings, { files, environment: { HOME: '/home/ada' }, plugins });
    expect([settings.size, settings.name, settings.list]).to.deep.equal([1.5, '1.5//home/ada/${x}', [1.5]]);
    expect(complaint('name: ${env:NOT_SET_ANYWHERE}')).to.match(/the environment variable NOT_SET_ANYWHERE is not set/);
  });

  it('may have anchors and aliases', () => {
    expect(read('optics: &a\n  focus: 3\nlist: &l [5, 6]\n').list).to.deep.equal([5, 6]);
    const found = fileOverrides(file('a: &x {b: 1}\nc: *x\nd: &y [1]\ne: *y\n')).flatMap(({ key, text, isMap }) =>
      isMap ? [] : [`${key}=${text}`],
    );
    expect(found).to.deep.equal(['a.b=1', 'c.b=1', 'd=[1]', 'e=[1]']);
  });

  it('may start with a byte order mark, as on Windows', () => {
    expect(read('\uFEFFsize: 4\r\nname: x\r\n')).to.include({ size: 4, name: 'x' });
  });

  it('may be one of several, of which the last takes precedence', () => {
    const files = [file('size: 1\nname: a\n', 'one.yaml'), file('size: 2\n', 'two.yaml')];
    expect(configOf(Settings, { files, plugins }).settings).to.include({ size: 2, name: 'a' });
  });

  it('reports every mistake with its line', () => {
    const text = complaint('size: x\noptics:\n  focsu: 1\nplant:\n  option: Tre\n');
    expect(text).to.match(/size=x: "x" is not a number\.\n {2}Set in config\.yaml, line 1\./);
    expect(text).to.match(/optics\.focsu=1: .*\n {2}Did you mean optics\.focus\?.*\n {2}Set in config\.yaml, line 3\./);
    expect(text).to.match(
      /plant=Tre: unknown Plant "Tre"\.\n {2}Did you mean Tree\?.*\n {2}Set in config\.yaml, line 5\./,
    );
  });

  const broken: [what: string, text: string | Buffer, message: RegExp][] = [
    ['empty', '', /^config\.yaml: no settings found \(expected lines such as "epochs: 100"\)\./],
    ['a byte order mark and no more', '\uFEFF', /no settings found/],
    ['comments and no more', '# nothing\n', /no settings found/],
    ['a list', '- a\n- b\n', /no settings found/],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0x01]), /no settings found|line 1/],
    ['a list that does not end', 'list: [1, 2\n', /^config\.yaml: .* at line/],
    [
      'a key twice',
      'size: 1\nsize: 2\nname: a\nname: b\n',
      /size is set twice, in lines 1 and 2\.[^]*name is set twice/,
    ],
    ['two documents', 'size: 1\n---\nsize: 2\n', /multiple documents/],
    ['an alias of nothing', 'list: *x\n', /undefined alias \*x/],
    ['an alias of itself', 'list: &x [*x]\n', /nested more than 64 levels deep/],
    ['a map that is in itself', 'optics: &x\n  focus: *x\n', /an alias refers to itself/],
    ['a map twice', 'weights: {a: 1}\nweights: {b: 1}\n', /weights is set twice/],
    ['a list for a key', '? [a]\n: 1\n', /a key is not a string/],
    ['nested 100,000 deep by brackets', `list: ${'['.repeat(1e5)}`, /nested more than 64 levels deep/],
    ['nested 100,000 deep by dashes', `list:\n ${'- '.repeat(1e5)}a`, /nested more than 64 levels deep/],
    ['nested 10,000 deep by braces', `${'{"a":'.repeat(1e4)}1${'}'.repeat(1e4)}`, /nested more than 64 levels deep/],
    ['300 KB long', `name: ${'x'.repeat(3e5)}`, /the file has 300006 bytes; the limit is 262144/],
  ];
  for (const [what, text, message] of broken) {
    it(`is refused if it is ${what}`, () => expect(complaint(text)).to.match(message));
  }

  it('is refused if its aliases expand to billions of values', () => {
    const rows = (open: string, item: (alias: string, index: number) => string, close: string) =>
      Array.from({ length: 20 }, (_, row) => {
        const items = Array.from({ length: 9 }, (__, index) => item(row === 0 ? 'x' : `*a${row - 1}`, index));
        return `k${row}: &a${row} ${open}${items.join(', ')}${close}`;
      }).join('\n');
    expect(complaint(rows('[', (alias) => alias, ']'))).to.match(/it expands to more than 10000 values/);
    expect(complaint(rows('{', (alias, index) => `m${index}: ${alias}`, '}'))).to.match(/more than 10000 settings/);
  });

  it('is refused if it is missing, a folder, or 100 MB long', () => {
    const missing = join(folder(), 'nowhere.yaml');
    expect(errorMessage(() => fileOverrides(missing))).to.equal(`${missing}: no such file.`);
    mkdirSync(join(folder(), 'inner'));
    expect(errorMessage(() => fileOverrides(join(folder(), 'inner')))).to.match(/not a regular file/);
    const large = file('size: 1\n');
    truncateSync(large, 100 * 1024 * 1024);
    expect(errorMessage(() => fileOverrides(large))).to.match(/the file has 104857600 bytes/);
  });

  it('reports the first of very many mistakes, quickly', () => {
    const text = complaint(Array.from({ length: 9000 }, (_, index) => `wrong${index}: 1`).join('\n'));
    expect(text).to.match(/^wrong0=1: [^]*\n\n8980 more errors are not shown\.$/);
    expect(text.match(/has no setting "/g)).to.have.length(20);
  });

  it('cannot reach a prototype', () => {
    for (const text of [
      '__proto__:\n  x: 1\n',
      '{"constructor": {"prototype": {"x": 1}}}',
      'weights: {__proto__: 1}\n',
    ]) {
      expect(complaint(text)).to.match(/has no setting "|is not allowed as a map key/);
    }
    expect(({} as Record<string, unknown>)['x']).to.equal(undefined);
  });
});
