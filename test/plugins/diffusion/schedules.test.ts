import { expect } from 'chai';
import diffusers from '../../reference/diffusers-schedules.json';
import { UserError } from '../../../framework/errors';
import { CosineSchedule, CosineScheduleSettings } from '../../../plugins/diffusion/noise-schedules/cosine';
import {
  ScaledLinearSchedule,
  ScaledLinearScheduleSettings,
} from '../../../plugins/diffusion/noise-schedules/scaled-linear';
import { SigmoidSchedule, SigmoidScheduleSettings } from '../../../plugins/diffusion/noise-schedules/sigmoid';
import { largestError } from '../../support/close';
import { settingsOf } from '../../support/settings';

const { steps } = diffusers;

/** What diffusers computes in float32 of numbers around 1 is off by this much. */
const FLOAT32 = 2e-7;

const cosine = (settings: Partial<CosineScheduleSettings> = {}) =>
  new CosineSchedule(settingsOf(CosineScheduleSettings, settings));
const sigmoid = (settings: Partial<SigmoidScheduleSettings> = {}) =>
  new SigmoidSchedule(settingsOf(SigmoidScheduleSettings, settings));
const scaledLinear = () => new ScaledLinearSchedule(settingsOf(ScaledLinearScheduleSettings));

/** ᾱ, the product of 1 - β so far. */
function alphaBarsOf(betas: Float64Array): number[] {
  let product = 1;
  return Array.from(betas, (beta) => (product *= 1 - beta));
}

describe('CosineSchedule', () => {
  it("is that of diffusers, with Nichol and Dhariwal's offset", () => {
    expect(largestError([...cosine().betas(steps)], diffusers.betas.cosine)).to.be.below(FLOAT32);
  });

  it('has ᾱ = ½ where the cosine is √½', () => {
    // Without the offset, half way: cos²(π/4) = 1/2
    expect(alphaBarsOf(cosine({ offset: 0 }).betas(1000))[499]).to.be.closeTo(0.5, 1e-12);
  });

  it('limits β to the maximum', () => {
    expect(cosine().betas(1000)[999]).to.equal(0.999);
    expect(cosine({ maxBeta: 0.5 }).betas(steps).at(-1)).to.equal(0.5);
  });
});

describe('SigmoidSchedule', () => {
  it("has the ᾱ of Jabri's algorithm", () => {
    // The last ᾱ is 0 there; here the last step takes 0.999 of what is left.
    const but = (alphaBars: number[]) => alphaBars.slice(0, -1);
    const { sigmoid: one, 'sigmoid of 0.5': steeper } = diffusers.alphaBars;
    expect(largestError(but(alphaBarsOf(sigmoid().betas(steps))), but(one))).to.be.below(1e-12);
    const half = sigmoid({ temperature: 0.5 }).betas(steps);
    expect(largestError(but(alphaBarsOf(half)), but(steeper))).to.be.below(1e-12);
  });

  it('refuses an end equal to its start', () => {
    expect(() => sigmoid({ start: 2, end: 2 })).to.throw(UserError, 'its end must be above its start');
  });
});

describe('ScaledLinearSchedule', () => {
  it('is that of diffusers, with the numbers of latent diffusion', () => {
    // diffusers has √β, at most 0.11, in float32: off by up to 2⁻²⁸ there, and by 2 · 0.11 · 2⁻²⁸ and a little where it is squared.
    expect(largestError([...scaledLinear().betas(steps)], diffusers.betas['scaled linear'])).to.be.below(2e-9);
  });

  it('has the first β if there is only one step', () => {
    expect(scaledLinear().betas(1)[0]).to.be.closeTo(0.00085, 1e-15);
  });
});
