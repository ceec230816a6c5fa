import { expect } from 'chai';
import { compileModeOn } from '../../../framework/experiment/lifecycle/compile-mode';
import { precisionProblem } from '../../../framework/experiment/lifecycle/compute';

describe('the mode of a step', () => {
  it('is a graph on CPUs, unless it is set', () => {
    expect(compileModeOn('cpu', 'auto')).to.equal('graph');
  });

  for (const device of ['cpu', 'gpu'] as const) {
    it(`is what is set, on a ${device}`, () => {
      expect(compileModeOn(device, 'xla')).to.equal('xla');
      expect(compileModeOn(device, 'false')).to.equal('false');
    });
  }
});

describe('a number format', () => {
  it('may be float16 on a GPU and float32 anywhere', () => {
    expect(precisionProblem('float16', 'graph', 'gpu')).to.equal(undefined);
    expect(precisionProblem('float32', 'false', 'cpu')).to.equal(undefined);
  });

  it('is refused on a GPU if it is bfloat16, with float16 instead', () => {
    expect(precisionProblem('bfloat16', 'graph', 'gpu')?.instead).to.equal('precision=float16');
  });
});
