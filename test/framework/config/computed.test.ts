import { expect } from 'chai';
import { Container, inject } from 'inversify';
import { computed, group, slot, slots, value } from '../../../framework/config/declare/declare';
import { option } from '../../../framework/config/declare/option';
import { rejection } from '../../support/rejection';
import { errorMessage, configOf, originsOf } from '../../support/config';
import { Moss, Plant, Rake, Spade, Tool, Tree } from './kinds.fixture';

describe('a computed setting', () => {
  it('is computed when it is first read, and once', () => {
    let times = 0;
    class Settings {
      size = value(3);
      double = computed(() => {
        times++;
        return this.size * 2;
      });
    }
    const { settings } = configOf(Settings, { args: ['size=4'] });
    expect(times).to.equal(0);
    expect([settings.double, settings.double, times]).to.deep.equal([8, 8, 1]);
  });

  it('may depend on the option of a slot', () => {
    class Settings {
      plant = slot(Plant, 'Tree');
      inches = computed(() => this.plant.height / 2);
    }
    expect(configOf(Settings, { args: ['plant.height=50'], plugins: { Tree } }).settings.inches).to.equal(25);
  });

  it('can be set if it declares its type, and is validated against it', () => {
    class Settings {
      free = computed(() => 2);
      half = computed(() => 2, { type: 'number', max: 9 });
    }
    expect(configOf(Settings, { args: ['half=3'] }).settings.half).to.equal(3);
    const complaint = errorMessage(() => configOf(Settings, { args: ['free=3', 'half=10'] }));
    expect(complaint).to.match(/^free=3: this setting is computed and cannot be set\./);
    expect(complaint).to.match(/half=10: 10 is more than 9\./);
  });

  it('reports its key if the computed value is invalid', () => {
    class Settings {
      size = value(3);
      half = computed(() => this.size / 2, { type: 'number', integer: true });
    }
    const { settings } = configOf(Settings);
    expect(errorMessage(() => settings.half)).to.match(
      /^half is computed from other settings: 1\.5 is not an integer\./,
    );
  });

  it('reports a cycle by its path', () => {
    class Settings {
      a: number = computed(() => this.b + 1);
      b: number = computed(() => this.plant.height);
      plant: Plant = slot(Plant, 'Tree', { height: () => this.a });
    }
    const { settings } = configOf(Settings, { plugins: { Tree } });
    const circle = /^Circular dependency of settings: a -> b -> plant -> plant\.height -> a\./;
    expect(errorMessage(() => settings.a)).to.match(circle);
  });
});

describe('an option that fills several slots', () => {
  abstract class Tools {
    abstract readonly first: Tool;
    abstract readonly second: Tool;
  }
  class Pair extends Tools {
    readonly first = new Rake();
    readonly second = new Spade();
  }
  option(Tools, 'Pair')(Pair);

  class Settings {
    tools = slot(Tools, 'Pair');
    first = slot(Tool, () => this.tools.first);
    second = slot(Tool, () => this.tools.second);
  }
  const plugins = { Pair, Rake, Spade };

  it('is created once for all of them', () => {
    const { settings } = configOf(Settings, { plugins });
    expect([settings.first, settings.second]).to.deep.equal([settings.tools.first, settings.tools.second]);
  });

  it('does not fill a slot that is set to a different one', () => {
    const config = configOf(Settings, { args: ['second=Rake'], plugins });
    expect([config.settings.first.name, config.settings.second.name]).to.deep.equal(['rake', 'rake']);
    expect(originsOf(config)).to.include({ second: '"Rake" command line', first: 'undefined computed' });
  });
});

describe('the settings of an experiment that extends another', () => {
  class Base {
    size = value(3, { min: 1 });
    name = value('base');
    double = computed(() => this.size * 2);
  }
  class Extended extends Base {
    override size = value(5, { min: 1 });
    more = value(true);
  }

  it('are declared and inherited ones', () => {
    const config = configOf(Extended, { args: ['name=x'] });
    expect(originsOf(config)).to.deep.equal({
      size: '5 default',
      name: '"x" command line',
      double: '10 computed',
      more: 'true default',
    });
  });

  it('are passed to the inherited constructor', () => {
    abstract class Place {}
    class Garden extends Place {
      constructor(@inject(Base) readonly settings: Base) {
        super();
      }
    }
    option(Place, 'garden', Base)(Garden);
    class Park extends Garden {}
    option(Place, 'park', Extended)(Park);
    class Settings {
      ground = slot(Place, 'park');
    }
    const { settings } = configOf(Settings, { plugins: { Garden, Park } });
    expect(settings.ground).to.be.instanceOf(Park).with.nested.property('settings.size', 5);
  });
});

describe('an object of settings', () => {
  class Inner {
    depth = value(2);
  }
  class Settings {
    size = value(3);
    list = value([1, 2]);
    plant = slot(Plant, 'Moss');
    inner = group(Inner);
  }
  const settings = () => configOf(Settings, { plugins: { Moss } }).settings;

  it('is read-only, and an error suggests an alternative', () => {
    const config = settings();
    expect(config.size).to.equal(3);
    expect(() => (config.size = 4)).to.throw(/^size cannot be assigned: .* Set it with size=\.\.\./);
    expect(() => (config.inner.depth = 4)).to.throw(/^inner\.depth cannot be assigned/);
    expect(() => (config.plant = new Moss())).to.throw(/^plant cannot be assigned/);
    expect(config.size).to.equal(3);
  });

  it('accepts no new fields, and its lists no new items', () => {
    const config = settings();
    expect(() => Object.assign(config, { seize: 3 })).to.throw(TypeError);
    expect(() => (config.list as number[]).push(3)).to.throw(TypeError);
    expect(() => (config.list as number[]).sort()).to.throw(TypeError);
  });
});

describe('the option of a slot', () => {
  abstract class House {}

  class ShedSettings {
    tool = slot(Tool, 'Rake');
  }
  class Shed extends House {
    constructor(
      @inject(ShedSettings) readonly settings: ShedSettings,
      @inject(Tool) readonly tool: Tool,
      @inject(Plant) readonly plant: Plant,
      @inject('service') readonly service: string,
    ) {
      super();
    }
  }
  option(House, 'Shed', ShedSettings)(Shed);

  class Cottage extends House {
    constructor(@inject(Plant) readonly plant: Plant) {
      super();
    }
  }
  option(House, 'Cottage')(Cottage);

  /** A plant that asks for one. */
  class Ivy extends Plant {
    readonly height = 1;
    constructor(@inject(Plant) readonly support: Plant) {
      super();
    }
  }
  option(Plant, 'Ivy')(Ivy);

  const plugins = { Tree, Moss, Rake, Spade, Shed, Cottage, Ivy };

  it("may request its settings, the options of other slots and the run's services", () => {
    class Yard {
      tool = slot(Tool, 'Spade');
      plant = slot(Plant, 'Moss');
      inner = group(Inner);
    }
    class Inner {
      house = slot(House, 'Shed');
    }
    const container = new Container();
    container.bind('service').toConstantValue('a service');
    const { settings } = configOf(Yard, { plugins, container });
    const shed = settings.inner.house;
    if (!(shed instanceof Shed)) throw new Error('another option was made');
    // Its own slot comes before that of the same kind outside.
    expect([shed.settings.tool.name, shed.tool.name, shed.service]).to.deep.equal(['rake', 'rake', 'a service']);
    expect([shed.tool, shed.plant]).to.deep.equal([shed.settings.tool, settings.plant]);
  });

  it('is not created if it requests a kind that two slots have', () => {
    class Two {
      one = slot(Plant, 'Tree');
      other = slot(Plant, 'Moss');
      house = slot(House, 'Cottage');
    }
    const { settings } = configOf(Two, { plugins });
    expect(errorMessage(() => settings.house)).to.match(
      /constructor parameter Plant: 2 slots have this kind \(one, other\)\./,
    );
  });

  it('is not created if it requests itself, or a service that is not provided', () => {
    class Alone {
      house = slot(House, 'Cottage');
    }
    class Climbing {
      plant = slot(Plant, 'Ivy');
    }
    const alone = configOf(Alone, { plugins }).settings;
    expect(errorMessage(() => alone.house)).to.match(/^Cottage cannot be created: .*Plant/);
    const climbing = configOf(Climbing, { plugins }).settings;
    expect(errorMessage(() => climbing.plant)).to.match(/^Circular dependency of settings: plant -> plant\./);
  });

  it('is prepared in a section with its name, once, when it is first read', () => {
    class Several {
      plant = slot(Plant, 'Tree');
      tools = slots(Tool, ['Rake', 'Spade']);
    }
    const output: string[] = [];
    const prepare = (what: string, make: () => unknown) => {
      output.push(what);
      return make();
    };
    const { settings } = configOf(Several, { plugins, prepare });
    expect(output).to.deep.equal([]);
    expect(settings.plant).to.equal(settings.plant);
    expect(settings.tools).to.equal(settings.tools);
    expect(output).to.deep.equal(['plant: Tree', 'tools: Rake', 'tools: Spade']);
  });

  it('is a separate instance in each of two runs', () => {
    class Settings {
      plant = slot(Plant, 'Tree');
    }
    const [one, other] = [configOf(Settings, { plugins }), configOf(Settings, { plugins })];
    expect(one.settings.plant).not.to.equal(other.settings.plant);
  });
});

describe('closing a config', () => {
  const closed: string[] = [];
  abstract class Part {}
  class PartSettings {
    name = value('?');
    inner = slot(Part, 'Leaf');
  }
  class Leaf extends Part {
    close(): Promise<void> {
      closed.push('leaf');
      return Promise.resolve();
    }
  }
  class Broken extends Part {
    constructor(@inject(PartSettings) { inner }: PartSettings) {
      super();
      expect(inner).to.be.instanceOf(Leaf);
    }
    close(): Promise<void> {
      closed.push('broken');
      return Promise.reject(new Error('it does not close'));
    }
    dispose(): void {
      closed.push('disposed');
    }
  }
  class Stuck extends Part {
    dispose(): void {
      closed.push('stuck');
      throw new Error('it cannot be freed');
    }
  }
  option(Part, 'Leaf')(Leaf);
  option(Part, 'Broken', PartSettings)(Broken);
  option(Part, 'Stuck')(Stuck);

  class Settings {
    first = slot(Part, 'Leaf');
    second = slot(Part, 'Broken');
    third = slot(Part, 'Stuck');
  }

  it('closes options in reverse order of creation, and the rest if one fails', async () => {
    const { settings, resolution } = configOf(Settings, { plugins: { Leaf, Broken, Stuck } });
    expect([settings.first, settings.second, settings.third]).to.have.length(3);
    const error = await rejection(resolution.close());
    expect(error).to.have.property('message', 'it cannot be freed');
    expect(closed).to.deep.equal(['stuck', 'broken', 'disposed', 'leaf', 'leaf']);
    // What is closed is not closed again.
    await resolution.close();
    expect(closed).to.have.length(5);
  });
});
