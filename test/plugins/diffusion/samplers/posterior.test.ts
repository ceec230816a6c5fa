import { expect } from 'chai';
import { DDPM, DDPMSettings } from '../../../../plugins/diffusion/samplers/ddpm';
import { settingsOf } from '../../../support/settings';

describe('ancestral sampling by the posterior', () => {
  it('has its mean μ̃ and its variance β̃', () => {
    // β = 0.1, 0.2, 0.5, so ᾱ = 0.9, 0.72, 0.36. By eq. 7:
    const expected = [
      // √0.72 · 0.5/0.64, √0.5 · 0.28/0.64, β̃ = 0.28/0.64 · 0.5 = 0.21875
      { x0: 0.662913, x: 0.309359, noise: Math.sqrt(0.21875) },
      // √0.9 · 0.2/0.28, √0.8 · 0.1/0.28, β̃ = 0.1/0.28 · 0.2 = 0.0714286
      { x0: 0.677631, x: 0.319438, noise: Math.sqrt(0.0714286) },
      // The image that the network makes out, without noise.
      { x0: 1, x: 0, noise: 0 },
    ];
    const sampler = new DDPM(settingsOf(DDPMSettings, { variance: 'posterior' }));
    for (const [stage, { x }] of sampler.steps(Float64Array.of(0.9, 0.72, 0.36)).entries()) {
      for (const name of ['x0', 'x', 'noise'] as const)
        expect(x[name], `${name} of stage ${stage}`).to.be.closeTo(expected[stage]![name], 1e-6);
    }
  });
});
