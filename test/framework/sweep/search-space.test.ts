import { expect } from 'chai';
import { settingsOfJob } from '../../../framework/sweep/plan';
import { parseSweptSettings } from '../../../framework/sweep/search-space';

const spaceOf = (...args: string[]) => parseSweptSettings(args).space;
const choices = (...texts: string[]) => ({ type: 'choice', choices: texts });

describe('What is swept', () => {
  const cases: [string, object][] = [
    ['a=1,2', choices('1', '2')],
    ['a=1e-5, 2e-5', choices('1e-5', '2e-5')],
    ['a=choice(x,y)', choices('x', 'y')],
    ['a=choice(x)', choices('x')],
    ['a=[1,2],[1,2,2]', choices('[1,2]', '[1,2,2]')],
    ['a={k:1,l:2},{k:3}', choices('{k:1,l:2}', '{k:3}')],
    ['a="x,y",z', choices('"x,y"', 'z')],
    ["a=ann's,bob's", choices("ann's", "bob's")],
    ['a=uniform(0,1)', { type: 'uniform', low: 0, high: 1 }],
    ['a=loguniform(1e-5,1e-2)', { type: 'loguniform', low: 1e-5, high: 1e-2 }],
    ['a=integers(1,1_000)', { type: 'integers', low: 1, high: 1000 }],
    ['a=uniform(-.5, +5e-1)', { type: 'uniform', low: -0.5, high: 0.5 }],
  ];
  for (const [word, distribution] of cases) {
    it(`is read from ${word}`, () => expect(spaceOf(word)).to.deep.equal({ a: distribution }));
  }

  it('leaves single values unchanged: a list, a text with brackets, a quoted comma', () => {
    const fixed = ['a=[1,2]', 'b=photos(2)', 'c="x,y"', 'd='];
    expect(parseSweptSettings([...fixed, 'e=1,2'])).to.deep.equal({
      settings: [...fixed, 'e=1,2'],
      space: { e: choices('1', '2') },
    });
  });

  it('uses the last value of a repeated key', () => {
    expect(parseSweptSettings(['a=1,2', 'b=1,2', 'a=3'])).to.deep.equal({
      settings: ['b=1,2', 'a=3'],
      space: { b: choices('1', '2') },
    });
  });

  it('keeps every argument that adds to a setting or removes from it', () => {
    const args = ['a=[w],[x]', '+a=y', '+a=z', '~a=y', '~b'];
    expect(parseSweptSettings(args)).to.deep.equal({ settings: args, space: { a: choices('[w]', '[x]') } });
  });

  it('is refused if two arguments that add to a setting have several values', () => {
    expect(() => spaceOf('+a=1,2', '+a=3,4')).to.throw(/^\+a=3,4: \+a is swept twice\.\n/);
  });

  const mistakes: [string, RegExp][] = [
    ['a=unifrom(0,1)', /^a=unifrom\(0,1\): unknown distribution "unifrom"\.\n {2}Did you mean uniform\?/],
    ['a=uniform(1)', /expected two numbers/],
    ['a=uniform(1,x)', /expected two numbers/],
    ['a=uniform(1,)', /expected two numbers/],
    ['a=uniform(0,1e999)', /expected two numbers/],
    ['a=uniform(2,1)', /the lower bound 2 is not below the upper bound 1/],
    ['a=loguniform(0,1)', /the lower bound 0 must be above 0/],
    ['a=integers(1,2.5)', /both bounds must be integers/],
    ['a=1', /^Nothing to sweep: no setting has several values\./],
  ];
  for (const [word, message] of mistakes) {
    it(`is refused as ${word}`, () => expect(() => spaceOf(word)).to.throw(message));
  }

  it('is refused with every mistake at once', () => {
    expect(() => spaceOf('a=uniform(2,1)', 'b=integers(1)')).to.throw(/^a=[^]*\n\nb=/);
  });

  it('cannot reach a prototype', () => {
    const { settings: args, space } = parseSweptSettings(['__proto__=1,2']);
    expect(Object.keys(space)).to.deep.equal(['__proto__']);
    expect(settingsOfJob({ settings: args, space }, {})).to.deep.equal(['__proto__=1,2']);
  });
});

describe('The settings of a job', () => {
  it('are those of one run: a swept value with additions', () => {
    const swept = parseSweptSettings(['a=[w],[x]', '+a=y', '+a=1,2', '+a=z']);
    expect(settingsOfJob(swept, { a: '[x]', '+a': '2' })).to.deep.equal(['a=[x]', '+a=y', '+a=2', '+a=z']);
  });

  it('are in the order of the command line, and those that were not given are last', () => {
    const swept = parseSweptSettings(['epochs=2', 'a=1,2', 'seed=3']);
    expect(settingsOfJob(swept, { a: '2' }, { threads: '1', seed: '9' })).to.deep.equal([
      'epochs=2',
      'a=2',
      'seed=3',
      'threads=1',
    ]);
  });
});
