import { expect } from 'chai';
import type { NoiseSchedule } from '../../../../plugins/diffusion/kinds/noise-schedule';
import type { LinearCombination, Sampler, SamplerStep } from '../../../../plugins/diffusion/kinds/sampler';
import { SpacedSamplerSettings } from '../../../../plugins/diffusion/kinds/spaced-sampler';
import { CosineSchedule, CosineScheduleSettings } from '../../../../plugins/diffusion/noise-schedules/cosine';
import { alphaBarOf, zeroTerminal } from '../../../../plugins/diffusion/denoise-diffusion/alpha-bar';
import { LinearSchedule, LinearScheduleSettings } from '../../../../plugins/diffusion/noise-schedules/linear';
import {
  ScaledLinearSchedule,
  ScaledLinearScheduleSettings,
} from '../../../../plugins/diffusion/noise-schedules/scaled-linear';
import { SigmoidSchedule, SigmoidScheduleSettings } from '../../../../plugins/diffusion/noise-schedules/sigmoid';
import { DDIM, DDIMSettings } from '../../../../plugins/diffusion/samplers/ddim';
import { DDPM, DDPMSettings } from '../../../../plugins/diffusion/samplers/ddpm';
import { DPMSolver } from '../../../../plugins/diffusion/samplers/dpm-solver';
import { Euler } from '../../../../plugins/diffusion/samplers/euler';
import { Heun } from '../../../../plugins/diffusion/samplers/heun';
import { settingsOf } from '../../../support/settings';

const SCHEDULES: Readonly<Record<string, NoiseSchedule>> = {
  Linear: new LinearSchedule(settingsOf(LinearScheduleSettings)),
  ScaledLinear: new ScaledLinearSchedule(settingsOf(ScaledLinearScheduleSettings)),
  Cosine: new CosineSchedule(settingsOf(CosineScheduleSettings)),
  Sigmoid: new SigmoidSchedule(settingsOf(SigmoidScheduleSettings)),
};

/** Samplers by the number of their steps. */
const SAMPLERS: Readonly<Record<string, (steps: number) => Sampler>> = {
  DDPM: (steps) => new DDPM(settingsOf(DDPMSettings, { steps })),
  'DDPM, posterior': (steps) => new DDPM(settingsOf(DDPMSettings, { steps, variance: 'posterior' })),
  ...each([0, 0.5, 1], 'DDIM, eta', (eta) => (steps: number) => new DDIM(settingsOf(DDIMSettings, { steps, eta }))),
  ...spaced('DPMSolver', DPMSolver),
  ...spaced('Euler', Euler),
  ...spaced('Heun', Heun),
};

function spaced(name: string, Type: new (settings: SpacedSamplerSettings) => Sampler) {
  return each(
    ['uniform', 'karras'] as const,
    `${name},`,
    (spacing) => (steps: number) => new Type(settingsOf(SpacedSamplerSettings, { steps, spacing })),
  );
}

function each<T extends string | number, R>(values: readonly T[], name: string, make: (value: T) => R) {
  return Object.fromEntries(values.map((value) => [`${name} ${value}`, make(value)]));
}

/** A sum is finite only where each of its terms is. */
function sumOf({ level, x, history = {} }: SamplerStep): number {
  return level.t + level.alphaBar + sumOfFactors(x) + sumOfFactors(history);
}

function sumOfFactors({ x = 0, x0 = 0, epsilon = 0, history = 0, noise = 0 }: LinearCombination): number {
  return x + x0 + epsilon + history + noise;
}

/** The numbers of steps, 1 to T, in which a factor is not finite. */
function faultsOf(make: (steps: number) => Sampler, alphaBar: Float64Array): number[] {
  const isWrong = (steps: number) =>
    !make(steps)
      .steps(alphaBar)
      .every((stage) => Number.isFinite(sumOf(stage)));
  return Array.from(alphaBar, (_, index) => index + 1).filter(isWrong);
}

describe('the factors of every step are finite', () => {
  for (const [schedule, made] of Object.entries(SCHEDULES)) {
    const full = (steps: number) => alphaBarOf(made.betas(steps));

    // A fifth of the steps, as the number of stages of all step counts grows with their square.
    for (const [how, alphaBar] of Object.entries({
      'as it is': full(200),
      'to noise alone': zeroTerminal(full(200)),
    })) {
      it(`with every sampler on ${schedule} ${how}, in any number of steps`, () => {
        for (const [name, make] of Object.entries(SAMPLERS)) expect(faultsOf(make, alphaBar), name).to.deep.equal([]);
      });
    }

    it(`with DDIM at maximum noise on ${schedule} with zero terminal SNR, in any number of 1,000 steps`, () => {
      const ddim = (steps: number) => new DDIM(settingsOf(DDIMSettings, { steps, eta: 1 }));
      expect(faultsOf(ddim, zeroTerminal(full(1000)))).to.deep.equal([]);
    });
  }
});
