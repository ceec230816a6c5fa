import { expect } from 'chai';
import { Limit } from '../../../framework/data/limit';
import { rejection } from '../../support/rejection';

describe('Limit', () => {
  it('runs at most n at once, and all in the end', async () => {
    const limit = new Limit(3);
    let running = 0;
    let most = 0;
    const work = async (): Promise<number> => {
      most = Math.max(most, ++running);
      await new Promise((done) => setImmediate(done));
      return running--;
    };
    const results = await Promise.all(Array.from({ length: 10 }, () => limit.run(work)));
    expect(results).to.have.length(10);
    expect(most).to.equal(3);
  });

  it('continues after failed work', async () => {
    const limit = new Limit(1);
    const failing = rejection(limit.run(() => Promise.reject(new Error('no'))));
    const next = limit.run(() => Promise.resolve('yes'));
    expect(String(await failing)).to.equal('Error: no');
    expect(await next).to.equal('yes');
  });
});
