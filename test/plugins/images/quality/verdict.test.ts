import { expect } from 'chai';
import { UserError } from '../../../../framework/errors';
import { checkSampleSize, sampleSizeWarning } from '../../../../plugins/images/quality/sample-size';
import { checkMeasures } from '../../../../plugins/images/quality/measures';
import { classifierScores } from '../../../../plugins/images/quality/classifier-scores';
import { errorMessage } from '../../../support/config';

describe('classifier scores', () => {
  it('count the images whose class has a probability of at least 0.9', () => {
    const rows = [
      [0.95, 0.03, 0.02],
      [0.05, 0.89, 0.06],
      [0.02, 0.08, 0.9],
      [0.01, 0.01, 0.98],
    ];
    const { recognised, classCounts, spread } = classifierScores(Float32Array.from(rows.flat()), 3);
    expect(classCounts).to.deep.equal([1, 0, 2]);
    expect(recognised).to.equal(0.75);
    // -(1/3 ln 1/3 + 2/3 ln 2/3) / ln 3
    expect(spread).to.be.closeTo(0.57938, 1e-6);
  });

  it('have a spread of 1 for equal classes, and of 0 for one class or none', () => {
    const spread = (...rows: number[][]) => classifierScores(Float32Array.from(rows.flat()), 2).spread;
    expect(spread([1, 0], [0, 1])).to.equal(1);
    expect(spread([1, 0], [1, 0])).to.equal(0);
    expect(spread([0.5, 0.5])).to.equal(0);
  });
});

describe('the request for a measurement', () => {
  it('must name an existing measure', () => {
    expect(checkMeasures(['kid', 'fid'])).to.deep.equal(['kid', 'fid']);
    expect(errorMessage(() => checkMeasures(['fid', 'kud']))).to.equal(
      'Unknown measure "kud".\n  Did you mean kid? Measures: fid, kid, recognised.',
    );
  });

  it('must have at least two images', () => {
    for (const count of [1, 0, -1, 2.5, NaN])
      expect(() => checkSampleSize('-n', count)).to.throw(UserError, `-n ${count}`);
    expect(() => checkSampleSize('-n', 2)).not.to.throw();
  });

  it('causes a warning if it has no more images than features, with the number that is needed', () => {
    expect(sampleSizeWarning(100, 60, 64))
      .to.contain('60 images of the dataset are too few for 64 features')
      .and.contain('Use at least 65');
    expect(sampleSizeWarning(2048, 5000, 2048))
      .to.contain('2048 sampled images')
      .and.contain('better 20480');
    expect(sampleSizeWarning(65, 65, 64)).to.equal(undefined);
  });
});
