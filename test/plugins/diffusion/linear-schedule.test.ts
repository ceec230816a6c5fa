import { expect } from 'chai';
import { LinearSchedule, LinearScheduleSettings } from '../../../plugins/diffusion/noise-schedules/linear';
import { largestError } from '../../support/close';
import { settingsOf } from '../../support/settings';

describe('LinearSchedule', () => {
  const betas = (steps: number, settings: Partial<LinearScheduleSettings> = {}): number[] =>
    Array.from(new LinearSchedule(settingsOf(LinearScheduleSettings, settings)).betas(steps));

  it("goes from the paper's first β to its last", () => {
    const thousand = betas(1000);
    expect(thousand).to.have.length(1000);
    expect(thousand[0]).to.equal(1e-4);
    expect(thousand[999]).to.be.closeTo(0.02, 1e-15);
  });

  it('rises evenly', () => {
    expect(largestError(betas(5, { first: 0.1, last: 0.5 }), [0.1, 0.2, 0.3, 0.4, 0.5])).to.be.below(1e-15);
  });

  it('has the first β if there is only one step', () => {
    expect(betas(1)).to.deep.equal([1e-4]);
  });

  it('adds the same total noise with a different T, given the T that it is meant for', () => {
    const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);
    // A mean of (0.0001 + 0.02) / 2 over a thousand steps
    for (const steps of [100, 1000, 4000]) expect(sum(betas(steps, { meantFor: 1000 }))).to.be.closeTo(10.05, 1e-9);
    expect(betas(10, { meantFor: 1000 }).at(-1)).to.equal(0.999);
  });
});
