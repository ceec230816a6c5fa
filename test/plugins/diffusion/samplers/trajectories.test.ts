import { expect } from 'chai';
import diffusers from '../../../reference/diffusers-samplers.json';
import labml from '../../../reference/labml-diffusion.json';
import type { Sampler } from '../../../../plugins/diffusion/kinds/sampler';
import { zeroTerminal } from '../../../../plugins/diffusion/denoise-diffusion/alpha-bar';
import { LinearSchedule, LinearScheduleSettings } from '../../../../plugins/diffusion/noise-schedules/linear';
import { DDIM, DDIMSettings } from '../../../../plugins/diffusion/samplers/ddim';
import { DDPM, DDPMSettings } from '../../../../plugins/diffusion/samplers/ddpm';
import { DPMSolver } from '../../../../plugins/diffusion/samplers/dpm-solver';
import { Euler } from '../../../../plugins/diffusion/samplers/euler';
import { Heun } from '../../../../plugins/diffusion/samplers/heun';
import { SpacedSamplerSettings } from '../../../../plugins/diffusion/kinds/spaced-sampler';
import { itBehavesLikeASampler } from '../../../../plugins/diffusion/contracts/sampler';
import { largestError } from '../../../support/close';
import { settingsOf } from '../../../support/settings';
import { walk } from '../../../../plugins/diffusion/contracts/walk';

const { mean, deviation, bold, noise, start } = diffusers;

const ddpm = (settings: Partial<DDPMSettings> = {}) => new DDPM(settingsOf(DDPMSettings, settings));
const ddim = (settings: Partial<DDIMSettings> = {}) => new DDIM(settingsOf(DDIMSettings, { clip: false, ...settings }));
const spaced = (
  type: new (settings: SpacedSamplerSettings) => Sampler,
  settings: Partial<SpacedSamplerSettings> = {},
) => new type(settingsOf(SpacedSamplerSettings, { clip: false, ...settings }));

/** ᾱ of the paper's schedule, from 1e-4 to 0.02. */
function alphaBarOf(total = 1000): Float64Array {
  let product = 1;
  return new LinearSchedule(settingsOf(LinearScheduleSettings)).betas(total).map((beta) => (product *= 1 - beta));
}

/** What is to be expected of ε where the data are two kinds of grey: the answer of the reference's script. */
function answer(x: number, alphaBar: number): number {
  const signal = Math.sqrt(alphaBar);
  const variance = alphaBar * deviation ** 2 + 1 - alphaBar;
  const middle = mean * Math.tanh((mean * signal * x) / variance);
  const x0 = middle + ((signal * deviation ** 2) / variance) * (x - signal * middle);
  return (x - signal * x0) / Math.sqrt(1 - alphaBar);
}

/** That of a network that makes out images outside of their range. */
function boldAnswer(x: number, alphaBar: number): number {
  return (x - Math.sqrt(alphaBar) * bold * Math.tanh(x)) / Math.sqrt(1 - alphaBar);
}

describe('a sampler', () => {
  const steps = 10;
  const karras = { steps, spacing: 'karras' } as const;
  const zero = (): Float64Array => zeroTerminal(alphaBarOf());
  const cases: Readonly<Record<keyof typeof diffusers.trajectories, [Sampler, alphaBar?: () => Float64Array]>> = {
    DDPM: [ddpm({ steps })],
    'DDPM, all steps': [ddpm(), () => alphaBarOf(20)],
    'DDPM, posterior': [ddpm({ steps, variance: 'posterior' })],
    'DDPM, zero SNR': [ddpm({ steps }), zero],
    DDIM: [ddim({ steps })],
    'DDIM, eta 0.5': [ddim({ steps, eta: 0.5 })],
    'DDIM, zero SNR': [ddim({ steps }), zero],
    'DDPM, clipped': [ddpm({ steps, clip: true })],
    'DDIM, clipped': [ddim({ steps, clip: true, eta: 0.5 })],
    'DPMSolver, clipped': [spaced(DPMSolver, { steps, clip: true })],
    DPMSolver: [spaced(DPMSolver, { steps })],
    'DPMSolver, 20 steps': [spaced(DPMSolver)],
    'DPMSolver, Karras': [spaced(DPMSolver, karras)],
    Euler: [spaced(Euler, { steps })],
    'Euler, Karras': [spaced(Euler, karras)],
    Heun: [spaced(Heun, { steps })],
    'Heun, Karras': [spaced(Heun, karras)],
  };

  for (const [name, [sampler, alphaBar = alphaBarOf]] of Object.entries(cases)) {
    it(`follows the trajectory of diffusers': ${name}`, () => {
      const stages = sampler.steps(alphaBar());
      const wanted = diffusers.trajectories[name as keyof typeof diffusers.trajectories];
      const tell = name.endsWith('clipped') ? boldAnswer : answer;
      const ways = start.map((x) => walk(stages, x, tell, (stage) => noise[stage]!));
      const way = stages.map((_, stage) => ways.map((xs) => xs[stage]!));
      // diffusers has σ in float32, up to 157 of it, and for zero SNR ᾱ too.
      expect(largestError(way.flat(), wanted.flat())).to.be.below(2e-5);
    });
  }

  it("has labml's mean of the previous step", () => {
    const stages = ddpm().steps(alphaBarOf());
    const means = labml.times.map((time, index) => {
      const stage = stages.find(({ level: { t } }) => t === time)!;
      return walk(
        [stage],
        labml.noised[index]!,
        (x) => 0.25 * x + 0.1,
        () => 0,
      )[0]!;
    });
    expect(largestError(means, labml.mean)).to.be.below(1e-12);
  });

  it("adds noise of labml's variance, except at the last step", () => {
    const sigmas = ddpm()
      .steps(alphaBarOf())
      .map(({ x }) => x.noise ?? 0)
      .reverse();
    const wanted = labml.beta.map((beta, index) => (index === 0 ? 0 : Math.sqrt(beta)));
    expect(
      largestError(
        labml.times.map((t) => sigmas[t]!),
        wanted,
      ),
    ).to.be.below(1e-12);
  });

  it("evaluates Karras' times between the steps", () => {
    const times = spaced(Euler, karras)
      .steps(alphaBarOf())
      .map(({ level }) => level.t);
    // diffusers has them in float32.
    expect(largestError(times, diffusers.karrasTimes)).to.be.below(1e-3);
  });

  it('takes every step if all are requested, and also a single one', () => {
    for (const sampler of [ddpm(), ddim({ steps: 4 }), spaced(DPMSolver), spaced(Euler)]) {
      const times = sampler.steps(alphaBarOf(4)).map(({ level }) => level.t);
      expect(times).to.deep.equal([3, 2, 1, 0]);
    }
    for (const type of [DPMSolver, Euler, Heun]) {
      for (const spacing of ['uniform', 'karras'] as const) {
        const stages = spaced(type, { steps: 1, spacing }).steps(alphaBarOf());
        expect(
          largestError(
            stages.map(({ level }) => level.t),
            [999],
          ),
        ).to.be.below(1e-9);
        // From x_T straight to the image: (x - √(1 - ᾱ) ε) / √ᾱ
        const { alphaBar } = stages[0]!.level;
        const [image] = walk(
          stages,
          1,
          () => 0.9,
          () => NaN,
        );
        expect(image).to.be.closeTo((1 - Math.sqrt(1 - alphaBar) * 0.9) / Math.sqrt(alphaBar), 1e-9);
      }
    }
  });

  for (const [name, type] of Object.entries({ DPMSolver, Euler, Heun })) {
    for (const spacing of ['uniform', 'karras'] as const)
      describe(`${name}, ${spacing}`, () =>
        itBehavesLikeASampler((settings) => spaced(type, { spacing, ...settings })));
  }
  for (const variance of ['beta', 'posterior'] as const)
    describe(`DDPM, ${variance}`, () => itBehavesLikeASampler((settings) => ddpm({ variance, ...settings })));
  for (const eta of [0, 0.5, 1])
    describe(`DDIM, η = ${eta}`, () => itBehavesLikeASampler((settings) => ddim({ eta, ...settings })));
});
