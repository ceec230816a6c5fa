import { expect } from 'chai';
import { UserError } from '../../../framework/errors';
import { type LearningRateSchedule, WarmupSettings, factorOf } from '../../../framework/kinds/learning-rate-schedule';
import { Constant } from '../../../plugins/schedules/constant';
import { Cosine, CosineSettings } from '../../../plugins/schedules/cosine';
import { Linear, LinearSettings } from '../../../plugins/schedules/linear';
import {
  Piecewise,
  PiecewiseSettings,
  RelativePiecewise,
  RelativePiecewiseSettings,
} from '../../../plugins/schedules/piecewise';
import torch from '../../reference/torch-schedules.json';
import { settingsOf } from '../../support/settings';

const constant = (settings: Partial<WarmupSettings> = {}) => new Constant(settingsOf(WarmupSettings, settings));
const linear = (settings: Partial<LinearSettings> = {}) => new Linear(settingsOf(LinearSettings, settings));
const cosine = (settings: Partial<CosineSettings> = {}) => new Cosine(settingsOf(CosineSettings, settings));
const piecewise = (settings: Partial<PiecewiseSettings> = {}) => new Piecewise(settingsOf(PiecewiseSettings, settings));
const relative = (settings: Partial<RelativePiecewiseSettings> = {}) =>
  new RelativePiecewise(settingsOf(RelativePiecewiseSettings, settings));

/** Every schedule that PyTorch has too, by the name of its frozen factors. */
const CASES: Readonly<Record<keyof typeof torch.factors, LearningRateSchedule>> = {
  constant: constant(),
  'constant, warm-up 4': constant({ warmup: 4 }),
  linear: linear(),
  'linear to 0.1': linear({ final: 0.1 }),
  'linear to 0.1, warm-up 4': linear({ final: 0.1, warmup: 4 }),
  cosine: cosine(),
  'cosine to 0.1': cosine({ final: 0.1 }),
  'cosine to 0.1, warm-up 4': cosine({ final: 0.1, warmup: 4 }),
  'jumps at 5 and 12': piecewise({ steps: [5, 5, 12, 12], factors: [1, 0.1, 0.1, 0.01] }),
};

const factors = (schedule: LearningRateSchedule, total: number) =>
  Array.from({ length: total }, (_, step) => schedule.factor(step, total));

function expectFactors(schedule: LearningRateSchedule, expected: readonly number[]): void {
  for (const [step, factor] of factors(schedule, expected.length).entries()) {
    expect(factor, `step ${step}`).to.be.closeTo(expected[step]!, 1e-12);
  }
}

describe('a learning-rate schedule', () => {
  for (const [name, schedule] of Object.entries(CASES)) {
    it(`has PyTorch's factors (${name})`, () => {
      expectFactors(schedule, torch.factors[name as keyof typeof torch.factors]);
    });
  }

  it('only rises if the run is shorter than its warm-up', () => {
    expectFactors(cosine({ warmup: 8 }), [1 / 8, 2 / 8, 3 / 8, 4 / 8]);
    expectFactors(cosine({ warmup: 4 }), [1 / 4, 2 / 4, 3 / 4, 1]);
  });

  for (const total of [1, 2, 1000]) {
    it(`is finite and not negative at each of ${total} steps`, () => {
      const schedules = [...Object.values(CASES), piecewise(), relative()];
      const all = schedules.flatMap((schedule) => factors(schedule, total));
      expect(all.every((factor) => Number.isFinite(factor) && factor >= 0)).to.equal(true);
    });
  }
});

describe('a piecewise schedule', () => {
  it('interpolates linearly between points, and is constant before the first and after the last', () => {
    const schedule = piecewise({ steps: [2, 4, 8], factors: [0, 1, 0.5] });
    expectFactors(schedule, [0, 0, 0, 0.5, 1, 0.875, 0.75, 0.625, 0.5, 0.5]);
  });

  it('has its points at fractions of the training if it is relative', () => {
    const schedule = relative({ positions: [0, 0.5, 1], factors: [0, 1, 0.5] });
    expectFactors(schedule, [0, 0.25, 0.5, 0.75, 1, 0.875, 0.75, 0.625]);
    expectFactors(schedule, [0, 0.5, 1, 0.75]);
  });

  it('refuses different numbers of positions and factors', () => {
    expect(() => piecewise({ steps: [0, 5], factors: [1] })).to.throw(UserError, 'steps has 2 items and factors 1.');
    expect(() => relative({ positions: [0], factors: [1, 2] })).to.throw(UserError, 'positions has 1 items');
  });

  it('refuses positions that do not increase', () => {
    const make = () => piecewise({ steps: [0, 5, 3], factors: [1, 1, 1] });
    expect(make).to.throw(UserError, 'steps=[0,5,3] does not ascend: 3 comes after 5.');
  });
});

describe('a run of unknown length', () => {
  it('has schedules that do not depend on it; others are refused, with what to set', () => {
    expect(factorOf(piecewise({ steps: [0, 4], factors: [0, 1] }), 2, Infinity)).to.equal(0.5);
    expect(factorOf(constant({ warmup: 4 }), 1, Infinity)).to.equal(0.5);
    for (const schedule of [cosine(), relative({ positions: [0], factors: [1] })])
      expect(() => factorOf(schedule, 0, Infinity)).to.throw(UserError, 'needs the number of steps of the run');
  });
});
