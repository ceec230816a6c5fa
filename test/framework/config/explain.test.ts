import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { expect } from 'chai';
import { parse as parseYAML } from 'yaml';
import { computed, group, optional, slot, slots, value } from '../../../framework/config/declare/declare';
import { Docs } from '../../../framework/config/describe/docs';
import { type Explained, explain, flattenSettings } from '../../../framework/config/describe/explain';
import { explainTree } from '../../../framework/config/describe/explain-tree';
import { explainYAML } from '../../../framework/config/describe/explain-yaml';
import { preset } from '../../../framework/config/declare/option';
import { schemaOf } from '../../../framework/config/describe/schema';
import { configOf } from '../../support/config';
import { temporaryFolder } from '../../support/temporary';
import { Moss, Plant, Rake, Spade, Tool, Tree } from './kinds.fixture';

/** Settings of a lens. */
class LensSettings {
  /** How far it sees. And more. */
  focus = value(1.5, { min: 0, max: 9, unit: 'metres' });
}

class CameraBasis {
  /** How large it is. */
  size = value(3, { integer: true, min: 1, unit: 'pixels', role: 'hyperparameter' });
  /** A name of any kind. */
  name = value('none');
}

class CameraSettings extends CameraBasis {
  override size = value(4, { integer: true, min: 1, unit: 'pixels', role: 'hyperparameter' });
  /** Where the light comes from. */
  side = value('left', { choices: ['left', 'right'] });
  /** Numbers of any kind. */
  list = value([1, 2], { minItems: 1 });
  /** Weights by name. */
  weights = value({ a: 1 });
  /** As many as there are at most: Ho et al. 2020, eq. 4. And more. */
  limit = optional('number', { max: 9 });
  /** The lens. */
  lens = group(LensSettings);
  /** What grows. */
  plant = slot(Plant, 'Tree', { height: () => this.size * 2 });
  /** What grows beside it. */
  guest = optional(Plant);
  /** What there is to work with. */
  tools = slots(Tool, ['Rake'], { role: 'meta' });
  /** Twice the size. */
  double = computed(() => this.size * 2, { unit: 'pixels' });
  /** Half the size. */
  half = computed(() => this.size / 2, { type: 'number' });
  /** What cannot be told before the run. */
  later = computed<number>(() => {
    throw new Error('there is no run');
  });
}

export const cameraPaper = preset(CameraSettings, 'paper', { side: 'right' });

const plugins = { Tree, Moss, Rake, Spade, cameraPaper };

/** The comments that are read are those of this file. */
const docs = new Docs([join(__dirname, '../../..')], [__dirname]);

const FILE = 'test/framework/config/explain.test.ts';
const SOURCE = readFileSync(__filename, 'utf8');
const lineOf = (text: string) => SOURCE.slice(0, SOURCE.indexOf(text)).split('\n').length;

describe('explaining a config', () => {
  const folder = temporaryFolder();
  const explained = (args: string[] = [], files: string[] = []) => {
    const { resolution, registry } = configOf(CameraSettings, { args, files, environment: {}, plugins });
    return explain(resolution.root, registry, docs);
  };
  const one = (key: string, args: string[] = [], files: string[] = []): Partial<Explained> =>
    flattenSettings(explained(args, files).settings).find((each) => each.key === key) ?? {};

  it('shows for each setting its value, type, unit, role, and the first sentence of its comment', () => {
    expect(one('size')).to.deep.include({
      value: 4,
      type: 'integer, at least 1',
      unit: 'pixels',
      role: 'hyperparameter',
      doc: 'How large it is.',
    });
    expect(one('lens.focus')).to.include({ type: 'number, from 0 to 9', unit: 'metres', doc: 'How far it sees.' });
    expect(one('list').type).to.equal('list of numbers, 1 items or more');
    expect(one('weights').type).to.equal('map of numbers');
    expect(one('side').type).to.equal('one of left or right');
    expect(one('limit').type).to.equal('number, at most 9, optional');
    expect(one('plant')).to.include({ value: 'Tree', type: 'Plant: Moss or Tree' });
    expect(one('guest')).to.include({ value: undefined, type: 'Plant: Moss or Tree, or none' });
    expect(one('tools')).to.deep.include({ value: ['Rake'], type: 'any of Tool: Rake and Spade', role: 'meta' });
    expect(one('double')).to.include({ value: 8, type: 'computed, cannot be set' });
    expect(one('later')).to.include({ value: undefined, unknown: 'known when the run starts' });
  });

  it('is refused if a computed setting depends on itself', () => {
    class Circular {
      a: number = computed(() => this.b);
      b: number = computed(() => this.a);
    }
    const { resolution, registry } = configOf(Circular);
    expect(() => explain(resolution.root, registry, docs)).to.throw(/^Circular dependency of settings: a -> b -> a\.$/);
  });

  it('shows the origin of each value, of a default with file and line', () => {
    const file = join(folder(), 'camera.yaml');
    writeFileSync(file, '# A camera\nname: mine\n');
    const args = ['limit=2', 'preset=paper'];
    const from = (key: string) => one(key, args, [file]).from;
    expect(from('size')).to.equal(`default, ${FILE}:${lineOf('override size')}`);
    expect(from('lens.focus')).to.equal(`default, ${FILE}:${lineOf('focus = value')}`);
    expect(from('name')).to.equal(`in ${file}, line 2`);
    expect(from('limit')).to.equal('on the command line (setting 1 of 2)');
    expect(from('side')).to.equal(`preset paper, ${FILE}:${lineOf('export const cameraPaper')}`);
    expect(from('double')).to.equal(`computed, ${FILE}:${lineOf('double = computed')}`);
    expect(from('plant.height')).to.equal('passed down by subject');
  });

  it('prints a tree within 100 columns', () => {
    const lines = explainTree(explained(['name=' + 'long '.repeat(8).trim()])).split('\n');
    expect(lines.filter((line) => line.length > 100)).to.deep.equal([]);
    const tree = lines.join('\n');
    expect(tree).to.contain('├─ size = 4 pixels');
    expect(tree).to.contain('│     How large it is. [integer, at least 1; hyperparameter]');
    expect(tree).to.contain('│  └─ focus = 1.5 metres');
    expect(tree).to.contain('└─ later  (known when the run starts)');
    expect(tree).to.match(/├─ name = (long ?){8}\n│ {3,}on the command line\n/);
  });

  it('prints a config file with the same values', () => {
    const args = ['name=a ${size} $${b}', 'plant.label=null', 'guest=Moss', 'weights={b: 2}', 'limit=3', 'list=[5]'];
    const file = join(folder(), 'again.yaml');
    const before = configOf(CameraSettings, { args, plugins });
    writeFileSync(file, explainYAML(explain(before.resolution.root, before.registry, docs)));
    const after = configOf(CameraSettings, { files: [file], plugins });
    const read = ({ name, weights, limit, list, size, lens, plant }: CameraSettings) => {
      return { name, weights, limit, list, size, focus: lens.focus, height: plant.height };
    };
    expect(read(after.settings)).to.deep.equal(read(before.settings));
    expect(after.settings.guest).to.be.instanceOf(Moss);
    expect(read(before.settings)).to.include({ name: 'a 4 ${b}' });
  });
});

describe('the JSON Schema of a config file', () => {
  const { registry } = configOf(CameraSettings, { plugins });
  const [experiment] = registry.kinds
    .flatMap((kind) => registry.optionsOf(kind))
    .filter(({ name }) => name === 'subject');
  if (!experiment) throw new Error('there is no subject');
  const schema = schemaOf(experiment, registry, docs);
  const validate = new Ajv({ allErrors: true }).compile(schema);
  const mistakes = (yaml: string) => {
    validate(parseYAML(yaml));
    return (validate.errors ?? []).map(({ dataPath, keyword }) => `${dataPath} ${keyword}`);
  };

  it('is a JSON Schema that describes each setting', () => {
    expect(new Ajv().validateSchema(schema)).to.equal(true);
    expect(schema).to.have.nested.property('properties.side.description', 'Where the light comes from.');
    expect(schema).to.have.nested.property('properties.lens.properties.focus.default', 1.5);
  });

  it('accepts what exp accepts', () => {
    expect(
      mistakes(`
$schema: camera.json
preset: [paper]
size: 3
name: "\${size}"
list: [1, 2.5]
weights: { b: 2 }
limit: null
lens: { focus: 2 }
plant: { option: Tree, height: 4, leaves: red }
guest: Moss
tools: [Rake, Spade]
half: 3
plant.height: 7
+tools: [Spade]
`),
    ).to.deep.equal([]);
  });

  it('accepts what exp explain prints', () => {
    const { resolution, registry: own } = configOf(CameraSettings, { args: ['guest=Tree'], plugins });
    expect(mistakes(explainYAML(explain(resolution.root, own, docs)))).to.deep.equal([]);
  });

  it('rejects what exp rejects', () => {
    expect(mistakes('sise: 3')).to.deep.equal([' additionalProperties']);
    expect(mistakes('double: 3')).to.deep.equal([' additionalProperties']);
    expect(mistakes('size: 1.5')).to.include('.size type');
    expect(mistakes('size: 0')).to.include('.size minimum');
    expect(mistakes('side: middle')).to.include('.side enum');
    expect(mistakes('list: []')).to.include('.list minItems');
    expect(mistakes('weights: {a: x}')).to.include(".weights['a'] type");
    expect(mistakes('limit: 10')).to.include('.limit maximum');
    expect(mistakes('plant: Tre')).to.include('.plant enum');
    expect(mistakes('plant: {option: Tree, hight: 3}')).to.include('.plant additionalProperties');
    expect(mistakes('tools: [Rake, Rake]')).to.include('.tools uniqueItems');
    expect(mistakes('lens: {focus: 10}')).to.include('.lens.focus maximum');
  });
});
