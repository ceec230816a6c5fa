import { expect } from 'chai';
import { option } from '../../../../framework/config/declare/option';
import { UserError } from '../../../../framework/errors';
import { Sampler, SamplerSettings, type SamplerStep } from '../../../../plugins/diffusion/kinds/sampler';
import { settingsOf } from '../../../support/settings';

/** A plugin that passes on the stages that it is given. */
@option(Sampler, 'Plugin')
class Plugin extends Sampler {
  constructor(private readonly made: readonly SamplerStep[] = []) {
    super(settingsOf(SamplerSettings));
  }

  protected trajectory(): SamplerStep[] {
    return [...this.made];
  }
}

const GOOD: SamplerStep = { level: { t: 0, alphaBar: 0.5 }, x: { x0: 1 } };

describe('the steps of a sampler', () => {
  const FAULTS: [string, Partial<SamplerStep>, string][] = [
    ['a factor of x', { x: { x0: 1, epsilon: NaN } }, 'x.epsilon of stage 2 of 2: expected a finite number, got NaN'],
    [
      'a history factor',
      { history: { x: Infinity } },
      'history.x of stage 2 of 2: expected a finite number, got Infinity',
    ],
    ['a time', { level: { t: NaN, alphaBar: 0.5 } }, 'level.t of stage 2 of 2: expected a finite number, got NaN'],
    ['ᾱ', { level: { t: 0, alphaBar: 1.5 } }, 'level.alphaBar of stage 2 of 2: expected a number in [0, 1), got 1.5'],
  ];
  for (const [what, fault, message] of FAULTS) {
    it(`are refused for ${what} that is invalid, naming sampler, step and factor`, () => {
      const sampler = new Plugin([GOOD, { ...GOOD, ...fault }]);
      expect(() => sampler.steps(Float64Array.of(0.5))).to.throw(UserError, `Sampler Plugin: ${message}.`);
    });
  }

  it('are refused if there are none', () => {
    const sampler = new Plugin([]);
    expect(() => sampler.steps(Float64Array.of(0.5))).to.throw(UserError, 'stages: expected 1 or more, got 0.');
  });
});
