import { writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { computed, group, optional, slot, slots, value } from '../../../framework/config/declare/declare';
import { preset } from '../../../framework/config/declare/option';
import { errorMessage, configOf, originsOf } from '../../support/config';
import { temporaryFolder } from '../../support/temporary';
import { Moss, Plant, Rake, Spade, Tool, Tree } from './kinds.fixture';

class Optics {
  focus = value(1.5);
}

class Settings {
  size = value(3);
  name = value('plain');
  on = value(false);
  list = value([1, 2]);
  names = value(['a']);
  grid = value([[1], [2]]);
  weights = value({ a: 1, b: 2 });
  deep = value({ a: { x: 1 } });
  rules = value({ 'a.*': { size: 1 } }, { type: { each: { fields: { size: 'number', on: 'boolean' } } }, min: 0 });
  root = value('~/here', { path: true });
  roots = value(['a'], { path: true });
  limit = optional('number');
  label = optional('string');
  optics = group(Optics);
  plant = slot(Plant, 'Tree');
  guest = optional(Plant);
  tools = slots(Tool, ['Rake']);
}

const plugins = { Tree, Moss, Rake, Spade };
const read = (args: string[], environment = {}) => configOf(Settings, { args, environment, plugins }).settings;
const complaint = (args: string[], environment = {}) => errorMessage(() => read(args, environment));

describe('a setting of the command line', () => {
  const cases: [what: string, word: string, field: keyof Settings, expected: unknown][] = [
    ['a number', 'size=-2.5', 'size', -2.5],
    ['a number with an exponent', 'size=2e-5', 'size', 0.00002],
    ['a number with underscores', 'size=1_000_000', 'size', 1_000_000],
    ['a number without a leading zero', 'size=.5', 'size', 0.5],
    ['a flag', 'on=true', 'on', true],
    ['a text, which may have signs in it', 'name=a=b: [c', 'name', 'a=b: [c'],
    ['an empty text', 'name=', 'name', ''],
    ['a path in the home folder', 'root=~/photos/2', 'root', join(homedir(), 'photos/2')],
    ['a path that only looks like one', 'root=./~/a~b', 'root', './~/a~b'],
    ['a path that is the default', 'size=3', 'root', join(homedir(), 'here')],
    ['a list of paths', 'roots=[~/a, b]', 'roots', [join(homedir(), 'a'), 'b']],
    ['a text that is no path', 'name=~/a', 'name', '~/a'],
    ['a text in quotes, which are not part of it', `name="null"`, 'name', 'null'],
    ['a text in single quotes', `name='it''s'`, 'name', "it's"],
    ['a text with quotes in it', `name="a" or "b"`, 'name', '"a" or "b"'],
    ['a list', 'list=[3, 1_0, 5e0]', 'list', [3, 10, 5]],
    ['a list without brackets', 'list=3,4', 'list', [3, 4]],
    ['an empty list', 'list=[]', 'list', []],
    ['a list of texts that look like numbers', 'names=[1e3, "b, c"]', 'names', ['1e3', 'b, c']],
    ['a list of lists', 'grid=[[1,2],[]]', 'grid', [[1, 2], []]],
    ['a map', 'weights={c: 3}', 'weights', { c: 3 }],
    ['an entry of a map', 'weights.b=5', 'weights', { a: 1, b: 5 }],
    ['an entry of a map of maps', 'deep.a.y=5', 'deep', { a: { x: 1, y: 5 } }],
    ['a new map in a map of maps', 'deep.b.y=5', 'deep', { a: { x: 1 }, b: { y: 5 } }],
    ['a map of records', 'rules={"*b": {on: true, size: 2}}', 'rules', { '*b': { on: true, size: 2 } }],
    [
      'a field of a new record, whose name may have dots',
      'rules.*.b.on=true',
      'rules',
      { 'a.*': { size: 1 }, '*.b': { on: true } },
    ],
    ['a further field of a record', 'rules.a.*.on=false', 'rules', { 'a.*': { size: 1, on: false } }],
    [
      'a record whose name ends like a field',
      'rules.a.on={size: 3}',
      'rules',
      { 'a.*': { size: 1 }, 'a.on': { size: 3 } },
    ],
    ['a record that is removed', '~rules.a.*', 'rules', {}],
    ['null, for what may be left out', 'limit=null', 'limit', undefined],
    ['none, the same', 'label=none', 'label', undefined],
    ['a reference to another setting', 'size=${optics.focus}', 'size', 1.5],
    [
      'a reference to one that is declared later, as text among text',
      'name=x-${size}-${tools}',
      'name',
      'x-3-["Rake"]',
    ],
    ['references in a list', 'list=[${size}, 1]', 'list', [3, 1]],
    ['what is no reference, after another dollar', 'name=$${size}', 'name', '${size}'],
    ['an addition to a list', '+list=[9]', 'list', [1, 2, 9]],
    ['what is taken from a list', '~list=1', 'list', [2]],
    ['an addition to a map', '+weights={c: 3}', 'weights', { a: 1, b: 2, c: 3 }],
    ['all that is taken from a list', '~list', 'list', []],
    ['all that is taken from a map', '~weights', 'weights', {}],
    ['what is taken from a map', '~weights=a', 'weights', { b: 2 }],
    ['an entry taken from a map', '~weights.a', 'weights', { b: 2 }],
  ];
  for (const [what, word, field, expected] of cases) {
    it(`can be ${what}: ${word}`, () => {
      expect(read([word])[field]).to.deep.equal(expected);
    });
  }

  it('may refer to environment variables', () => {
    const variables = { HOME: '/home/ada', SIZE: '7', LIST: '[7, 8]', DIRTY: '${size}' };
    const args = ['name=${env:HOME}/x', 'size=${env:SIZE}', 'list=${env:LIST}', 'label=${env:DIRTY}'];
    const { name, size, list, label } = read(args, variables);
    // A variable's value is no more than its text: references in it are none.
    expect([name, size, list, label]).to.deep.equal(['/home/ada/x', 7, [7, 8], '${size}']);
  });

  it('may empty a slot, if that is allowed, and fill it', () => {
    expect(read([]).guest).to.equal(undefined);
    expect(read(['guest=Tree', 'guest.height=4']).guest).to.have.property('height', 4);
    expect(read(['guest=Tree', 'guest=none']).guest).to.equal(undefined);
  });

  it('adds options to slots and removes them, in the order of the arguments', () => {
    const names = (args: string[]) => read(args).tools.map(({ name }) => name);
    expect(names(['+tools=Spade'])).to.deep.equal(['rake', 'spade']);
    expect(names(['+tools=[Spade]', '~tools=Rake'])).to.deep.equal(['spade']);
    expect(names(['~tools=[Rake]', 'tools=[Spade]'])).to.deep.equal(['spade']);
    expect(names(['~tools'])).to.deep.equal([]);
    expect(names(['~tools', '+tools=Spade'])).to.deep.equal(['spade']);
  });

  it('does not duplicate an option that it adds again', () => {
    expect(read(['+tools=[Rake,Spade]']).tools).to.have.length(2);
  });

  it('may name the option of a slot by a reference', () => {
    expect(read(['plant=Moss', 'guest=${plant}']).guest).to.be.instanceOf(Moss);
  });

  it('is the last of two with the same key', () => {
    expect(read(['size=1', 'size=2']).size).to.equal(2);
  });
});

describe('a mistake in the text of a setting', () => {
  const cases: [what: string, word: string, message: RegExp][] = [
    ['a variable that is not set', 'size=${env:NOWHERE}', /^size=.*: the environment variable NOWHERE is not set\./],
    [
      'a reference to nothing',
      'size=${optics.focsu}',
      /there is no setting optics\.focsu to refer to.*\n.*optics\.focus\?/,
    ],
    ['a reference of the wrong type', 'size=${name}', /^size=\$\{name\}: "plain" is not a number\./],
    ['a list that does not end', 'list=[1', /^list=\[1: not a valid list: /],
    ['a map of the wrong type', 'weights={a: x}', /"x" is not a number/],
    ['a number for a map', 'weights=3', /"3" is not a map of numbers/],
    ['a list in a list of numbers', 'list=[[1]]', /\[1\] is not a number/],
    ['a text in quotes for a number', 'size="3"', /"3" is not a number/],
    ['nothing for what must be there', 'size=null', /^size=null: this setting is not optional\./],
    ['null for a text', 'name=null', /is not optional.*\n.*'"null"'/],
    ['an addition to a number', '+size=3', /\+ only applies to lists, maps and slots of several options/],
    ['an addition to a slot of one', '+plant=Moss', /\+ only applies to lists, maps and slots of several options/],
    ['taking what is not there', '~tools=Spade', /"Spade" is not in \["Rake"\]/],
    ['taking an entry that is not there', '~weights.c', /"c" is not in \["a","b"\]/],
    ['an option twice', 'tools=[Rake,Rake]', /^tools=\[Rake,Rake\]: duplicate item "Rake"\./],
    [
      'a group',
      'optics=3',
      /^optics=3: optics is a group of settings, not a setting\.\n {2}It contains optics\.focus\./,
    ],
    ['a setting of a value', 'size.b=2', /^size\.b=2: subject has no setting "size\.b"\./],
    [
      'a misspelt field of a record',
      'rules.*b.siz=1',
      /^rules.*: "siz" is not one of: size, on\.\n {2}Did you mean size\?/,
    ],
    ['a misspelt field in a map', 'rules={b: {siz: 1}}', /"siz" is not one of: size, on\.\n {2}Did you mean size\?/],
    ['a field below its minimum', 'rules.*b.size=-1', /-1 is less than 0/],
    ['a field of the wrong type', 'rules.*b.on=1', /"1" is not true or false/],
    ['a number for a record', 'rules.*b=1', /"1" is not a record of size, on/],
    ['a prototype in a map', 'weights={__proto__: 1}', /"__proto__" is not allowed as a map key/],
    ['a prototype as an entry', 'weights.__proto__=1', /"__proto__" is not allowed as a map key/],
    ['an entry of what has none', 'weights.a.b=1', /^weights\.a\.b=1: it is not a map, so it has no entry b\./],
    ['a line break', 'nam\ne=1', /^nam\\ne=1: subject has no setting/],
  ];
  for (const [what, word, message] of cases) {
    it(`is reported for ${what}: ${JSON.stringify(word)}`, () => expect(complaint([word])).to.match(message));
  }

  it('is reported once, with its path, if it is a circular reference', () => {
    expect(complaint(['size=${limit}', 'limit=${optics.focus}', 'optics.focus=${size}'])).to.match(
      /^Circular dependency of settings: limit -> optics\.focus -> size -> limit\.\n[^\n]*$/,
    );
  });

  it('is reported alone if a different setting refers to the unknown value', () => {
    expect(complaint(['guest=Tre', 'size=${guest.height}'])).to.match(/^guest=Tre: [^\n]*\n[^\n]*\n[^\n]*$/);
  });

  it('is truncated if the text is long', () => {
    expect(complaint([`size=${'x'.repeat(1e6)}`]).length).to.be.below(500);
  });

  it('is reported once, however often the setting is referred to', () => {
    expect(complaint(['size=x', 'limit=${size}', 'optics.focus=${size}']).match(/is not a number/g)).to.have.length(1);
  });
});

describe('the precedence of a setting', () => {
  const folder = temporaryFolder();

  class Layered {
    mode = value('usual');
    byDefault = value(1);
    byComputed = computed(() => 2, { type: 'number' });
    byPreset = computed(() => 2, { type: 'number' });
    byEnvironment = value(1);
    byFile = value(1);
    byLine = value(1);
  }
  const own = preset(Layered, { mode: 'usual' }, { byPreset: 3, byEnvironment: 3, byFile: 3, byLine: 3 });

  it('is that of its origin: command line, file, environment, preset, computed, class', () => {
    const file = join(folder(), 'base.yaml');
    writeFileSync(file, 'byFile: 5\nbyLine: 5\n');
    const config = configOf(Layered, {
      environment: { EXPLAB_SET: 'byEnvironment=4 byFile=4 byLine=4' },
      files: [file],
      args: ['byLine=6'],
      plugins: { own },
    });
    expect(originsOf(config)).to.deep.equal({
      mode: '"usual" default',
      byDefault: '1 default',
      byComputed: '2 computed',
      byPreset: '3 preset',
      byEnvironment: '4 environment',
      byFile: '5 file',
      byLine: '6 command line',
    });
  });

  it('does not depend on whether a source of lower precedence has it', () => {
    const file = join(folder(), 'base.yaml');
    writeFileSync(file, 'byDefault: 5\n');
    expect(configOf(Layered, { files: [file], plugins: { own } }).settings.byDefault).to.equal(5);
  });

  it('adds to values of lower precedence', () => {
    const file = join(folder(), 'base.yaml');
    writeFileSync(file, 'list: [5]\n+names: [b]\n');
    const { settings } = configOf(Settings, { files: [file], args: ['+list=6'], plugins });
    expect([settings.list, settings.names]).to.deep.equal([
      [5, 6],
      ['a', 'b'],
    ]);
  });

  it('includes the position in the environment variable', () => {
    expect(complaint([], { EXPLAB_SET: 'size=1 sise=2' })).to.match(
      /^sise=2: .*\n {2}Did you mean size\?.*\n {2}Set by the environment variable EXPLAB_SET \(setting 2 of 2\)\.$/,
    );
  });

  it('preserves quoted spaces in the environment variable', () => {
    const { name, list } = read([], { EXPLAB_SET: `name='two words' list="[1, 2]"` });
    expect([name, list]).to.deep.equal(['two words', [1, 2]]);
  });
});
