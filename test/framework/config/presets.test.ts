import { expect } from 'chai';
import { inject } from 'inversify';
import { optional, slot, slots, value } from '../../../framework/config/declare/declare';
import { option, preset } from '../../../framework/config/declare/option';
import { errorMessage, configOf, originsOf } from '../../support/config';
import { Moss, Plant, Rake, Spade, Tool, Tree, TreeSettings } from './kinds.fixture';

class Settings {
  size = value(3, { min: 0 });
  name = value('?');
  limit = optional('number');
  plant = slot(Plant, 'Tree');
  tools = slots(Tool, ['Rake']);
}

const paper = preset(Settings, 'paper', { size: 32, name: 'paper', limit: 4, tools: ['Rake', 'Spade'] });
const smoke = preset(Settings, 'smoke', { size: 1, plant: 'Moss' });
const trees = preset(Settings, { plant: 'Tree' }, { size: 7, name: 'trees', 'plant.leaves': 'red' });
const tall = preset(TreeSettings, 'tall', { height: 99 });
const plugins = { Tree, Moss, Rake, Spade, paper, smoke, trees, tall };

const origins = (args: string[], more = {}) =>
  originsOf(configOf(Settings, { args, plugins: { ...plugins, ...more } }));

describe('a named preset', () => {
  it('applies if it is chosen, and overrides an automatic preset', () => {
    expect(origins([])).to.include({ size: '7 preset', name: '"trees" preset', preset: 'undefined default' });
    expect(origins(['preset=paper'])).to.include({
      preset: '["paper"] command line',
      size: '32 preset',
      name: '"paper" preset',
      limit: '4 preset',
      tools: '["Rake","Spade"] preset',
      'plant.leaves': '"red" preset',
    });
  });

  it('is overridden by a setting from any source', () => {
    const environment = { EXPLAB_SET: 'preset=paper size=5' };
    const { settings } = configOf(Settings, { environment, args: ['name=mine'], plugins });
    expect([settings.size, settings.name, settings.limit]).to.deep.equal([5, 'mine', 4]);
  });

  it('can be combined with others, of which the last takes precedence', () => {
    expect(origins(['preset=[paper,smoke]'])['size']).to.equal('1 preset');
    expect(origins(['preset=smoke,paper'])['size']).to.equal('32 preset');
    expect(origins(['preset=smoke', '+preset=paper'])['size']).to.equal('32 preset');
  });

  it('may choose an option, so that the presets of a different one do not apply', () => {
    expect(origins(['preset=smoke'])).to.include({ plant: '"Moss" preset', name: '"?" default' });
  });

  it("may be one of an option's settings", () => {
    expect(origins(['plant.preset=tall'])['plant.height']).to.equal('99 preset');
    const high = preset(Settings, 'high', { 'plant.preset': ['tall'] });
    expect(origins(['preset=high'], { high })['plant.height']).to.equal('99 preset');
  });

  it('is refused with the closest name if it is misspelt', () => {
    expect(errorMessage(() => origins(['preset=smok']))).to.match(
      /^preset=smok: "smok" is not one of: paper, smoke\.\n {2}Did you mean smoke\?\n {2}Set on the command line/,
    );
  });

  it('is reported as faulty if one of its values is invalid', () => {
    const wrong = preset(Settings, 'wrong', { size: -1 });
    expect(errorMessage(() => origins(['preset=wrong'], { wrong }))).to.match(
      /^size=-1: -1 is less than 0\.\n {2}Set by the preset wrong in subject\/index\.ts\.$/,
    );
  });

  it('reserves the field name preset', () => {
    class Taken {
      preset = value(1);
    }
    const some = preset(Taken, 'some', {});
    expect(() => configOf(Taken, { plugins: { some } })).to.throw(
      'Taken.preset: this name is reserved for selecting presets',
    );
  });
});

describe('the presets of settings that extend others', () => {
  class Extended extends Settings {
    more = value(0);
  }
  const own = preset(Extended, 'paper', { name: 'extended' });

  it('are declared and inherited ones, and the declared ones take precedence', () => {
    const config = configOf(Extended, { args: ['preset=paper'], plugins: { own, ...plugins } });
    expect([config.settings.size, config.settings.name]).to.deep.equal([32, 'extended']);
  });
});

describe('an automatic preset', () => {
  it('depends on settings from any source, also on lists and settings without a value', () => {
    const both = preset(Settings, { tools: ['Rake', 'Spade'], limit: undefined }, { size: 50 });
    expect(origins(['+tools=Spade'], { both })['size']).to.equal('50 preset');
    expect(origins(['+tools=Spade', 'limit=1'], { both })['size']).to.equal('7 preset');
    expect(origins(['preset=paper'], { both })['size']).to.equal('32 preset');
  });

  it('of an option is overridden by the experiment', () => {
    const red = preset(TreeSettings, { leaves: 'red' }, { height: 20, evergreen: true });
    const garden = preset(Settings, { plant: 'Tree' }, { 'plant.height': 30 });
    expect(origins([], { red, garden })).to.include({
      'plant.leaves': '"red" preset',
      'plant.height': '30 preset',
      'plant.evergreen': 'true preset',
    });
  });
});

describe('infinitely nested options', () => {
  it('are reported: an option that has itself as its default', () => {
    class WrappedSettings {
      inner = slot(Plant, 'Wrapped');
    }
    class Wrapped extends Plant {
      readonly height = 1;
      constructor(@inject(WrappedSettings) readonly settings: WrappedSettings) {
        super();
      }
    }
    option(Plant, 'Wrapped', WrappedSettings)(Wrapped);
    const options = { args: ['plant=Wrapped'], plugins: { ...plugins, Wrapped } };
    expect(errorMessage(() => configOf(Settings, options))).to.match(/inner: options are nested too deeply/);
    const { settings } = configOf(Settings, { ...options, args: ['plant=Wrapped', 'plant.inner=Tree'] });
    expect(settings.plant).to.be.instanceOf(Wrapped).with.nested.property('settings.inner.height', 10);
  });
});
