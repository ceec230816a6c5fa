import { group, optional, slot, slots, value } from '../../../framework/config/declare/declare';
import { option, preset } from '../../../framework/config/declare/option';
import { Registry } from '../../../framework/config/resolve/registry';

/** A small world of options: a garden with plants. */
export abstract class Plant {
  abstract readonly height: number;
  closed = false;
  close(): void {
    this.closed = true;
  }
}

export abstract class Tool {
  abstract readonly name: string;
}

export class TreeSettings {
  height = value(10, { min: 1, max: 100 });
  leaves = value('green', { choices: ['green', 'red'] });
  branches = value([1, 2, 3], { integer: true, minItems: 1 });
  evergreen = value(false);
  label = optional('string');
}

@option(Plant, 'Tree', TreeSettings)
export class Tree extends Plant {
  readonly height: number;
  static made = 0;

  constructor(settings: TreeSettings) {
    super();
    Tree.made++;
    this.height = settings.height;
  }
}

@option(Plant, 'Moss')
export class Moss extends Plant {
  readonly height = 1;
}

@option(Tool, 'Rake')
export class Rake extends Tool {
  readonly name = 'rake';
}

@option(Tool, 'Spade')
export class Spade extends Tool {
  readonly name = 'spade';
}

export class WaterSettings {
  litres = value(5, { min: 0 });
}

export class GardenSettings {
  size = value(20, { integer: true, min: 1 });
  plant = slot(Plant, 'Tree', { height: () => this.size / 2, unknownToAll: () => 1 });
  tools = slots(Tool, ['Rake']);
  water = group(WaterSettings);
}

export abstract class Place {}

@option(Place, 'garden', GardenSettings)
export class Garden extends Place {
  constructor(readonly settings: GardenSettings) {
    super();
  }
}

export const mossy = preset(GardenSettings, { plant: 'Moss' }, { size: 3, 'water.litres': 50 });
export const tall = preset(GardenSettings, { size: 99 }, { 'plant.leaves': 'red' });

/** A registry of this world, with what else is given. */
export function garden(...more: object[]): Registry {
  const registry = new Registry();
  for (const exports of [{ Tree, Moss, Rake, Spade, Garden, mossy, tall }, ...more])
    registry.add(exports, 'garden/index.ts');
  return registry;
}
