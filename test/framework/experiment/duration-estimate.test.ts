import { expect } from 'chai';
import { DurationEstimate } from '../../../framework/experiment/lifecycle/duration-estimate';

describe('The estimate of the duration of a training', () => {
  /** What is said after each of eight steps. @param first seconds of the first step @param each seconds of the others */
  const said = (total: number, first: number, each: number) => {
    const estimate = new DurationEstimate();
    return Array.from({ length: 8 }, (_, step) => estimate.afterStep(total - step - 1, 1000 * (first + step * each)));
  };

  it('is made once, from the steps after the first', () => {
    const warnings = said(1006, 60, 2);
    expect(warnings.map((each) => each !== undefined)).to.deep.equal([
      false,
      false,
      false,
      false,
      false,
      true,
      false,
      false,
    ]);
    expect(warnings[5]).to.match(/^About 33:20 of training: 1,000 steps of 2\.0 s\./);
  });

  it('is not made for a training of minutes, nor for one whose length is not known', () => {
    expect(said(200, 60, 2).join('')).to.equal('');
    expect(said(Infinity, 60, 2).join('')).to.equal('');
  });
});
