import { expect } from 'chai';
import { formatOverride, parseOverrides } from '../../../framework/config/parse/override';
import { UserError } from '../../../framework/errors';
import { parseSamplingSettings } from '../../../framework/experiment/sampling/sampling-settings';
import { ingredientsOf } from '../../support/run-options';

describe('Settings for sampling', () => {
  const { registry } = ingredientsOf('diffuse', []);
  const parse = (args: readonly string[], own: readonly string[] = []) =>
    parseSamplingSettings(args, { registry, experiment: 'diffuse', own: parseOverrides(own) }).map(formatOverride);

  it('may be named as options, also those of the selected option', () => {
    expect(parse(['--steps=50', '--sampler=DDIM', '--eta=0.5', '--guidance=2'])).to.deep.equal([
      'sampler=DDIM',
      'guidance=2',
      'sampler.steps=50',
      'sampler.eta=0.5',
    ]);
    expect(parse(['--eta=0.5'], ['sampler=DDIM'])).to.deep.equal(['sampler.eta=0.5']);
  });

  it('are those marked as such; others are refused', () => {
    expect(() => parse(['steps=50'])).to.throw(UserError, 'steps cannot be changed for sampling a run of ');
    expect(() => parse(['--smapler=DDIM'])).to.throw(UserError, 'smapler cannot be changed for sampling a run of ');
    try {
      parse(['learningRate=1']);
      expect.fail();
    } catch (error) {
      expect((error as UserError).text).to.contain('These can be changed: class, ema, guidance, quality, sampler.');
    }
  });
});
