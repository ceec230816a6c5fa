import { expect } from 'chai';
import { Container } from 'inversify';
import { computed, group, optional, slot, value } from '../../../framework/config/declare/declare';
import { option } from '../../../framework/config/declare/option';
import { parseOverrides } from '../../../framework/config/parse/override';
import { Registry } from '../../../framework/config/resolve/registry';
import { Resolution } from '../../../framework/config/resolve/resolution';
import { UserError } from '../../../framework/errors';
import { configOf } from '../../support/config';

abstract class Engine {
  abstract readonly heat: number;
}

class SteamSettings {
  heat = value(1, { min: 0, max: 9, dynamic: true });
}

@option(Engine, 'Steam', SteamSettings)
class Steam extends Engine {
  constructor(private readonly settings: SteamSettings) {
    super();
  }

  get heat(): number {
    return this.settings.heat;
  }
}

class BrakeSettings {
  force = optional('number', { min: 0, dynamic: true });
}

class TrainSettings {
  speed = value(80, { min: 0, dynamic: true });
  wagons = value(3, { integer: true, min: 1 });
  engine = slot(Engine, 'Steam', { heat: () => this.speed / 20 });
  brakes = group(BrakeSettings);
}

abstract class Vehicle {}

@option(Vehicle, 'train', TrainSettings)
class Train extends Vehicle {
  constructor(readonly settings: TrainSettings) {
    super();
  }
}

function resolve(...args: string[]): Resolution {
  const registry = new Registry();
  registry.add({ Steam, Train }, 'train/index.ts');
  return new Resolution(registry, registry.find(Vehicle, 'train'), parseOverrides(args), new Container());
}

const settingsOf = (resolution: Resolution) => (resolution.make() as Train).settings;

describe('dynamic settings', () => {
  it('are those that are declared dynamic, at any depth', () => {
    expect(resolve().dynamic.keys).to.deep.equal(['brakes.force', 'engine.heat', 'speed']);
  });

  it('have their initial values until they change', () => {
    const resolution = resolve('speed=60');
    const settings = settingsOf(resolution);
    const speed: number = settings.speed;
    expect([speed, settings.engine.heat, settings.brakes.force]).to.deep.equal([60, 3, undefined]);
    resolution.dynamic.assign(
      new Map([
        ['speed', 40],
        ['brakes.force', 7],
      ]),
    );
    expect([settings.speed, settings.engine.heat, settings.brakes.force]).to.deep.equal([40, 2, 7]);
  });

  it('also change what is computed from them or refers to them', () => {
    class Settings {
      speed = value(80, { dynamic: true });
      double = computed(() => this.speed * 2);
      limit = value(0);
    }
    const { settings, resolution } = configOf(Settings, { args: ['limit=${speed}'] });
    expect([settings.double, settings.limit]).to.deep.equal([160, 80]);
    resolution.dynamic.assign(new Map([['speed', 10]]));
    expect([settings.double, settings.limit]).to.deep.equal([20, 10]);
    expect(() => (settings.speed = 3)).to.throw(/^speed cannot be assigned/);
  });

  it('of an option change in that option', () => {
    const resolution = resolve();
    const { engine } = settingsOf(resolution);
    resolution.dynamic.assign(new Map([['engine.heat', 9]]));
    expect(engine.heat).to.equal(9);
  });

  it('report what changes, and return to their initial values if they are not given', () => {
    const { dynamic } = resolve('speed=60', 'engine.heat=1');
    expect(dynamic.assign(new Map([['speed', 40]]))).to.deep.equal([{ key: 'speed', from: 60, to: 40 }]);
    expect(dynamic.assign(new Map([['speed', 40]]))).to.deep.equal([]);
    expect(dynamic.assign(new Map())).to.deep.equal([{ key: 'speed', from: 40, to: 60 }]);
  });

  it('of two runs are independent', () => {
    const [one, other] = [resolve(), resolve()];
    one.dynamic.assign(new Map([['speed', 1]]));
    expect(settingsOf(other).speed).to.equal(80);
  });

  it('are validated like every setting, which changes nothing', () => {
    const resolution = resolve();
    const checked = resolution.dynamic.check(['speed=1e2', 'brakes.force=none']);
    expect([...checked]).to.have.deep.members([
      ['speed', 100],
      ['brakes.force', undefined],
    ]);
    expect(settingsOf(resolution).speed).to.equal(80);
  });

  for (const [args, message] of [
    [['speed=fast'], /^speed=fast: "fast" is not a number/],
    [['speed=-1'], /^speed=-1: -1 is less than 0/],
    [['sped=1'], /^sped=1: train has no setting "sped"\.\n {2}Did you mean speed\?/],
    [
      ['wagons=4', 'speed=1'],
      /^wagons cannot be changed .*\n {2}Dynamic settings: brakes\.force, engine\.heat, speed\.$/,
    ],
    [['speed'], /^"speed" is not a setting/],
    [['__proto__.speed=1'], /has no setting "/],
  ] as const) {
    it(`refuse ${args.join(' ')}`, () => {
      expect(() => resolve().dynamic.check(args))
        .to.throw(UserError)
        .with.property('text')
        .that.matches(message);
    });
  }
});
