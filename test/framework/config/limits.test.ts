import { expect } from 'chai';
import { validate } from '../../../framework/config/resolve/validate';
import { type Rules, ValueField } from '../../../framework/config/declare/declare';
import { typeOf } from '../../../framework/config/describe/format-value';
import { Registry } from '../../../framework/config/resolve/registry';
import { UserError } from '../../../framework/errors';
import { RunContainer } from '../../../framework/experiment/run-container';
import { ingredientsOf } from '../../support/run-options';

describe('exclusive limits', () => {
  const checked = (rules: Rules, found: number) => validate({ shape: 'number', rules }, found);

  it('refuse the limit itself and values beyond it', () => {
    expect(() => checked({ above: 0 }, 0)).to.throw(UserError, '0 is not above 0');
    expect(() => checked({ above: 0 }, -1)).to.throw(UserError, '-1 is less than 0');
    expect(() => checked({ min: 0, below: 1 }, 1)).to.throw(UserError, '1 is not below 1');
    expect(() => checked({ min: 0, below: 1 }, 2)).to.throw(UserError, '2 is more than 1');
    expect(checked({ above: 0, below: 1 }, 1e-30)).to.equal(1e-30);
  });

  it('refuse values that float32 rounds to 0 or infinity', () => {
    for (const found of [1e-60, -1e-60, 1e-38, 5e-324])
      expect(() => checked({}, found), String(found)).to.throw(UserError, /rounds to 0 in float32/);
    for (const found of [1e39, -1e39]) expect(() => checked({}, found)).to.throw(UserError, /is infinite in float32/);
    // IEEE 754, binary32: the least normal number and the largest.
    for (const found of [0, 1.1754943508222875e-38, 3.4028234663852886e38]) expect(checked({}, found)).to.equal(found);
  });

  it('are shown with the type of a setting', () => {
    const text = (rules: Rules) => typeOf(new ValueField(0, 'number', rules), new Registry());
    expect(text({ above: 0 })).to.equal('number, above 0');
    expect(text({ min: 0, below: 1 })).to.equal('number, at least 0 and below 1');
    expect(text({ above: 0, max: 1 })).to.equal('number, above 0 and at most 1');
  });

  for (const setting of ['learningRate=1e-60', 'clipNorm=1e-38', 'diffusion.minSNRGamma=1e-46'])
    it(`keep exp from starting with ${setting}`, () => {
      expect(() => new RunContainer(ingredientsOf('diffuse', [setting]))).to.throw(UserError, 'rounds to 0 in float32');
    });

  // With these nothing is learnt, or everything becomes NaN.
  const USELESS = [
    ['diffuse', 'diffusion.minSNRGamma=0'],
    ['diffuse', 'clipNorm=0'],
    ['diffuse', 'ema=1'],
    ['diffuse', 'classDropout=1'],
    ['diffuse', 'diffusion.schedule.first=0'],
    ['classify', 'heldOut=0'],
    ['classify', 'heldOut=1'],
    ['classify', 'optimizer.beta1=1'],
    ['classify', 'optimizer.beta2=1'],
    ['classify', 'optimizer.epsilon=0'],
    ['classify', 'optimizer.momentum=1'],
  ] as const;
  for (const [experiment, setting] of USELESS) {
    it(`keep exp from starting with ${setting}`, () => {
      const optimizer = setting.includes('momentum') ? ['optimizer=SGD'] : [];
      const make = () => new RunContainer(ingredientsOf(experiment, [...optimizer, setting]));
      expect(make).to.throw(UserError, /: [01] is not (above 0|below 1)\./);
    });
  }
});
