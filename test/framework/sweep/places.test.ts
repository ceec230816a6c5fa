import { expect } from 'chai';
import { runConcurrently } from '../../../framework/sweep/run-concurrently';
import { rejection } from '../../support/rejection';

const never = () => false;

/** Work whose ends the test decides. */
function controlled() {
  const begun: number[] = [];
  const ends = new Map<number, (error?: Error) => void>();
  const work = (item: number): Promise<void> => {
    begun.push(item);
    return new Promise((resolve, reject) => ends.set(item, (error) => (error ? reject(error) : resolve())));
  };
  const end = async (item: number, error?: Error): Promise<void> => {
    ends.get(item)?.(error);
    // What follows from the end has happened once the queue of promises is empty.
    await new Promise(setImmediate);
  };
  return { begun, work, end };
}

describe('Concurrent work', () => {
  it('starts the next item when one ends, however long the others take', async () => {
    const { begun, work, end } = controlled();
    const all = runConcurrently(2, [0, 1, 2, 3, 4], never, work);
    expect(begun).to.deep.equal([0, 1]);
    for (const item of [1, 2, 3, 4]) await end(item);
    expect(begun).to.deep.equal([0, 1, 2, 3, 4]);
    await end(0);
    await all;
  });

  it('starts nothing once it is stopped, and ends when running work has ended', async () => {
    const { begun, work, end } = controlled();
    let isOver = false;
    const all = runConcurrently(2, [0, 1, 2], () => isOver, work);
    isOver = true;
    await end(0);
    await end(1);
    await all;
    expect(begun).to.deep.equal([0, 1]);
  });

  it('throws the first error after running work has ended, and starts nothing more', async () => {
    const { begun, work, end } = controlled();
    const all = rejection(runConcurrently(2, [0, 1, 2], never, work));
    await end(0, new Error('no luck today'));
    await end(1);
    expect(await all)
      .to.be.an('error')
      .with.property('message', 'no luck today');
    expect(begun).to.deep.equal([0, 1]);
  });
});
