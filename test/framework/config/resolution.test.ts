import { expect } from 'chai';
import { Container } from 'inversify';
import { option, preset } from '../../../framework/config/declare/option';
import { parseOverrides } from '../../../framework/config/parse/override';
import { Resolution } from '../../../framework/config/resolve/resolution';
import { UserError } from '../../../framework/errors';
import { type Garden, GardenSettings, Moss, Place, Plant, Tree, garden } from './kinds.fixture';

function resolve(args: string[] = [], registry = garden()): Resolution {
  return new Resolution(registry, registry.find(Place, 'garden'), parseOverrides(args), new Container());
}

const settingsOf = (resolution: Resolution) => (resolution.make() as Garden).settings;

const entriesOf = (resolution: Resolution) =>
  Object.fromEntries(
    [...resolution.root.entries()].map(({ key, value, origin }) => [key, `${String(value)} ${origin}`]),
  );

/** The text of the error that some settings end in. */
function complaint(args: string[], registry = garden()): string {
  try {
    resolve(args, registry);
  } catch (error) {
    if (error instanceof UserError) return error.text;
    throw error;
  }
  throw new Error('nothing was wrong with that');
}

describe('a resolved config', () => {
  it('has the defaults of its class', () => {
    const settings = settingsOf(resolve());
    expect([settings.size, settings.plant.height, settings.water.litres]).to.deep.equal([20, 10, 5]);
  });

  it('creates an option when its slot is first read, and only once', () => {
    const before = Tree.made;
    const settings = settingsOf(resolve());
    expect(Tree.made).to.equal(before);
    expect(settings.plant).to.equal(settings.plant);
    expect(Tree.made).to.equal(before + 1);
  });

  it("uses the user's values and options, and an option's settings by its slot", () => {
    const settings = settingsOf(resolve(['size=7', 'plant.height=42', 'water.litres=1e1', 'tools=[Spade,Rake]']));
    expect([settings.size, settings.plant.height, settings.water.litres]).to.deep.equal([7, 42, 10]);
    expect(settings.tools.map((tool) => tool.name)).to.deep.equal(['spade', 'rake']);
    expect(settingsOf(resolve(['plant=Moss'])).plant).to.be.instanceOf(Moss);
  });

  it('accepts the names of options in any case, if that is unambiguous', () => {
    const named = resolve(['plant=moss', 'tools=[spade]', '+tools=RAKE,spade']);
    expect(entriesOf(named)).to.include({ plant: 'Moss command line', tools: 'Spade,Rake command line' });
    // The preset for Moss holds.
    expect(settingsOf(named).water.litres).to.equal(50);
    expect(entriesOf(resolve(['tools=[rake,Spade]', '~tools=rake']))).to.include({ tools: 'Spade command line' });
    expect(complaint(['tools=[rake,Rake]'])).to.contain('duplicate item "Rake"');
  });

  it('reports a name that differs from two options only in case', () => {
    @option(Plant, 'MOSS')
    class Other extends Plant {
      readonly height = 2;
    }
    expect(complaint(['plant=moss'], garden({ Other }))).to.contain('plant=moss: unknown Plant "moss".');
    expect(entriesOf(resolve(['plant=MOSS'], garden({ Other })))).to.include({ plant: 'MOSS command line' });
    expect(entriesOf(resolve(['plant=Moss'], garden({ Other })))).to.include({ plant: 'Moss command line' });
  });

  it('passes settings down to an option, which explicit settings override', () => {
    expect(settingsOf(resolve(['size=30'])).plant.height).to.equal(15);
    expect(settingsOf(resolve(['size=30', 'plant.height=2'])).plant.height).to.equal(2);
  });

  it('applies a preset if its condition holds, which explicit settings override', () => {
    const settings = settingsOf(resolve(['plant=Moss', 'size=4']));
    expect([settings.size, settings.water.litres]).to.deep.equal([4, 50]);
  });

  it('applies a preset to the settings of an option', () => {
    expect(entriesOf(resolve(['size=99']))['plant.leaves']).to.equal('red preset');
  });

  it("ignores a preset's settings for an option that the user replaced", () => {
    expect(entriesOf(resolve(['size=99', 'plant=Moss']))['plant.leaves']).to.equal(undefined);
  });

  it('has the origin of each value', () => {
    expect(entriesOf(resolve(['plant=Moss', 'tools=Spade']))).to.deep.equal({
      size: '3 preset',
      'water.litres': '50 preset',
      plant: 'Moss command line',
      tools: 'Spade command line',
    });
    expect(entriesOf(resolve())['plant.height']).to.equal('10 computed');
  });

  it('closes what was created, and creates nothing in order to close it', async () => {
    const resolution = resolve();
    const { plant } = settingsOf(resolution);
    await resolution.close();
    expect(plant.closed).to.equal(true);
    const before = Tree.made;
    await resolve().close();
    expect(Tree.made).to.equal(before);
  });

  it('lets two runs share a process', () => {
    const [one, other] = [settingsOf(resolve(['size=2'])), settingsOf(resolve(['size=4']))];
    expect([one.plant.height, other.plant.height]).to.deep.equal([1, 2]);
  });
});

describe('a mistake in the settings', () => {
  it('names an unknown key, its origin and the closest match', () => {
    expect(complaint(['size=3', 'plant.hight=3'])).to.match(
      /^plant\.hight=3: Tree has no setting "hight"\.\n {2}Did you mean plant\.height\?/,
    );
    expect(complaint(['size=3', 'plant.hight=3'])).to.match(/Set on the command line \(setting 2 of 2\)\.$/);
  });

  it('names an unknown option and the closest match', () => {
    expect(complaint(['plant=Tre'])).to.equal(
      'plant=Tre: unknown Plant "Tre".\n  Did you mean Tree? Registered: Moss, Tree.\n  Set on the command line.',
    );
  });

  it('does not also report the settings of an option that does not exist', () => {
    expect(complaint(['plant=Tre', 'plant.height=3'])).not.to.match(/no setting/);
  });

  it('reports the expected type', () => {
    expect(complaint(['size=abc'])).to.match(/^size=abc: "abc" is not a number\./);
    expect(complaint(['size='])).to.match(/^size=: an empty string is not a number\./);
    expect(complaint(['size=NaN'])).to.match(/is not a number/);
    expect(complaint(['size=0x10'])).to.match(/is not a number/);
    expect(complaint(['plant.evergreen=yes'])).to.match(/"yes" is not true or false/);
    expect(complaint(['plant.branches=[1,x]'])).to.match(/"x" is not a number/);
  });

  it('reports the limit that was exceeded', () => {
    expect(complaint(['size=0'])).to.match(/0 is less than 1/);
    expect(complaint(['size=1.5'])).to.match(/1.5 is not an integer/);
    expect(complaint(['size=1e999'])).to.match(/is not a finite number/);
    expect(complaint(['plant.height=101'])).to.match(/101 is more than 100/);
    expect(complaint(['plant.leaves=blue'])).to.match(/"blue" is not one of: green, red/);
    expect(complaint(['plant.branches=[]'])).to.match(/fewer than 1 items/);
  });

  it('is reported together with all others', () => {
    const text = complaint(['size=abc', 'plant=Tre', 'sise=3']);
    expect(text).to.contain('size=abc:').and.contain('plant=Tre:').and.contain('sise=3:');
  });

  it('cannot reach a prototype', () => {
    expect(complaint(['__proto__.polluted=1', 'constructor.prototype.polluted=1'])).to.match(/no setting/);
    expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
  });

  it('in a preset is reported as such', () => {
    const registry = garden({ wrong: preset(GardenSettings, {}, { 'plant.hight': 3 }) });
    expect(complaint([], registry)).to.match(/plant\.hight: Tree has no setting "hight"[^]*Set by the preset wrong/);
  });

  it('that is not a setting at all shows the syntax', () => {
    expect(() => parseOverrides(['epochs', '100'])).to.throw(UserError, '"epochs" is not a setting.');
  });
});
