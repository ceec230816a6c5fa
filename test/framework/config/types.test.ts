import { expect } from 'chai';
import { computed, group, optional, slot, slots, value } from '../../../framework/config/declare/declare';
import { preset } from '../../../framework/config/declare/option';
import { configOf } from '../../support/config';
import { Moss, Plant, Rake, Tool, Tree } from './kinds.fixture';

/** `never` unless two types are the same, `any` being the same as nothing. */
type Same<A, B> = 0 extends 1 & A ? never : [A] extends [B] ? ([B] extends [A] ? B : never) : never;

/** Says at compile time what type a setting has for its reader: `is<number>()(settings.size)`. */
const is =
  <Wanted>() =>
  <Found>(found: Found & Same<Found, Wanted>): unknown =>
    found;

class Inner {
  depth = value(2);
}

class Everything {
  number = value(3, { min: 0, integer: true, unit: 'pixels', role: 'hyperparameter' });
  text = value('a');
  flag = value(true);
  choice = value('x', { choices: ['x', 'y'] });
  list = value([1, 2]);
  flags = value([true]);
  choices = value(['x'], { choices: ['x', 'y'] });
  nested = value([[1], [2, 3]]);
  map = value({ a: 1 });
  mapOfLists = value({ a: ['x'], b: ['y'] });
  empty = value([], { type: ['number'] });
  emptyMap = value({}, { type: { each: 'boolean' } });
  records = value({}, { type: { each: { fields: { size: 'number', on: 'boolean' } } } });
  maybeNumber = optional('number');
  maybeFlag = optional('boolean');
  maybeList = optional([['string']]);
  maybeMap = optional({ each: 'number' });
  plant = slot(Plant, 'Tree');
  maybePlant = optional(Plant);
  otherPlant = slot(Plant, () => this.plant);
  tools = slots(Tool, ['Rake']);
  inner = group(Inner);
  double = computed(() => this.number * 2);
  settable = computed(() => this.list.map(String), { type: ['string'] });
}

/** tsc checks each line of this; that a wrong type would not pass is checked by those that expect an error. */
function types(settings: Everything): void {
  is<number>()(settings.number);
  is<string>()(settings.text);
  is<boolean>()(settings.flag);
  is<'x' | 'y'>()(settings.choice);
  is<readonly number[]>()(settings.list);
  is<readonly boolean[]>()(settings.flags);
  is<readonly ('x' | 'y')[]>()(settings.choices);
  is<readonly (readonly number[])[]>()(settings.nested);
  is<Readonly<Record<string, number>>>()(settings.map);
  is<Readonly<Record<string, readonly string[]>>>()(settings.mapOfLists);
  is<readonly number[]>()(settings.empty);
  is<Readonly<Record<string, boolean>>>()(settings.emptyMap);
  is<Readonly<Record<string, { readonly size?: number; readonly on?: boolean }>>>()(settings.records);
  is<number | undefined>()(settings.maybeNumber);
  is<boolean | undefined>()(settings.maybeFlag);
  is<readonly (readonly string[])[] | undefined>()(settings.maybeList);
  is<Readonly<Record<string, number>> | undefined>()(settings.maybeMap);
  is<Plant>()(settings.plant);
  is<Plant | undefined>()(settings.maybePlant);
  is<Plant>()(settings.otherPlant);
  is<readonly Tool[]>()(settings.tools);
  is<number>()(settings.inner.depth);
  is<number>()(settings.double);
  is<readonly string[]>()(settings.settable);

  // @ts-expect-error a number is no text
  is<string>()(settings.number);
  // @ts-expect-error nor does what may be left out count as there
  is<number>()(settings.maybeNumber);
  // @ts-expect-error a default must be one of its choices
  value('z', { choices: ['x', 'y'] });
  // @ts-expect-error and of the type that is given
  value(['a'], { type: ['number'] });
  // @ts-expect-error a function computes what its type says
  computed(() => 'a', { type: 'number' });
  // @ts-expect-error what fills a slot is of its kind
  slot(Plant, () => 'a tree');
  // @ts-expect-error there are two roles
  value(1, { role: 'other' });
  // @ts-expect-error a preset gives a field what it can take
  preset(Everything, 'wrong', { number: 'three' });
  // @ts-expect-error and waits for what it can be
  preset(Everything, { flag: 1 }, {});
  preset(Everything, { plant: 'Tree' }, { number: 4, tools: ['Rake'], 'plant.height': 5 });
}

describe('the types of settings', () => {
  it('are those of their declarations, for the compiler and at run time', () => {
    const { settings } = configOf(Everything, { plugins: { Tree, Moss, Rake } });
    expect(types).to.be.a('function');
    types(settings);
    expect(settings).to.deep.include({
      number: 3,
      choice: 'x',
      nested: [[1], [2, 3]],
      map: { a: 1 },
      mapOfLists: { a: ['x'], b: ['y'] },
      empty: [],
      emptyMap: {},
      records: {},
      maybeNumber: undefined,
      maybePlant: undefined,
      double: 6,
      settable: ['1', '2'],
    });
    expect(settings.plant).to.be.instanceOf(Tree);
    expect(settings.otherPlant).to.equal(settings.plant);
    expect(settings.tools[0]).to.be.instanceOf(Rake);
  });
});
