import { expect } from 'chai';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Ring, type RingPlace } from '../../../../framework/tensorflow/distributed/ring';
import { RingCollective } from '../../../../framework/tensorflow/distributed/ring-collective';
import { GraphEngine } from '../../../../framework/tensorflow/graph/graph-engine';
import { loadedTensorFlow } from '../../../../framework/tensorflow/load';
import * as tf from '../../../../framework/tensorflow/tf';
import { withTensorFlow } from '../../../support/tensorflow';

const HOST = '127.0.0.1';
const KEY = 12_345_678_901_234_567_890n;

/** Several workers, all of them in this process. */
describe('A ring of workers', () => {
  const made: { close: () => void }[] = [];
  withTensorFlow();
  before(function () {
    if (loadedTensorFlow().kernels === undefined) this.skip();
  });
  afterEach(() => {
    for (const each of made.splice(0)) each.close();
  });

  interface Listening {
    readonly rings: readonly Ring[];
    readonly places: readonly RingPlace[];
  }

  function listening(count: number): Listening {
    const rings = Array.from({ length: count }, () => new Ring(loadedTensorFlow().kernels ?? ''));
    made.push(...rings);
    return { rings, places: rings.map((ring) => ({ host: HOST, ...ring.listen(HOST) })) };
  }

  /** @param by what workers are reached by; a name only within a machine */
  async function joined(count: number, by: 'name' | 'port' = 'name'): Promise<readonly Ring[]> {
    const { rings, places } = listening(count);
    const known = places.map((place) => (by === 'name' ? { ...place, port: 1 } : { ...place, name: 'elsewhere' }));
    await Promise.all(rings.map((ring, index) => ring.join(index, known, KEY, 10)));
    return rings;
  }

  type Put = (collective: RingCollective, own: tf.Tensor[]) => tf.Tensor[];

  /** Has each worker exchange tensors of the given sizes, full of its numbers. @returns the results of each */
  async function exchanged(rings: readonly Ring[], sizesOf: (index: number) => readonly number[], put: Put, times = 1) {
    const results = rings.map(async (ring, index) => {
      const engine = new GraphEngine({});
      const collective = new RingCollective(rings.length, ring);
      made.unshift(engine);
      const program = engine.program('exchange', (by) =>
        put(
          collective,
          sizesOf(index).map((size, which) => tf.mul(numbers(size, index, which), by)),
        ),
      );
      let found: number[][] = [];
      for (let time = 1; time <= times; time++) {
        const by = tf.scalar(time);
        const tensors = await program.run(by);
        found = tensors.map((tensor) => [...tensor.dataSync()]);
        tf.dispose([by, tensors]);
      }
      return found;
    });
    // An engine must not be closed while one of its steps goes on, and where one worker fails, others still run.
    await Promise.allSettled(results);
    return Promise.all(results);
  }

  const numberOf = (index: number, which: number, place: number): number =>
    Math.sin((index + 1) * (which + 1) * (place + 1));
  const numbers = (size: number, index: number, which: number): tf.Tensor =>
    tf.tensor1d(Float32Array.from({ length: size }, (_, place) => numberOf(index, which, place)));

  const sums: Put = (collective, own) => collective.sums(own);
  const means: Put = (collective, own) => collective.means(own);

  // Each waits on a thread of libuv, which has four.
  for (const [count, by] of [
    [2, 'name'],
    [3, 'port'],
    [4, 'name'],
  ] as const) {
    it(`of ${count}, by ${by}, adds up tensors of all sizes, to the same bits on each`, async () => {
      const sizes = [1, 3, 70_000, 2, 200_001, 4];
      const results = await exchanged(await joined(count, by), () => sizes, sums);
      for (const result of results) expect(result).to.deep.equal(results[0]);
      for (const [which, found] of results[0]!.entries()) {
        expect(found).to.have.length(sizes[which]!);
        for (const [place, number] of found.entries()) {
          const exact = Array.from({ length: count }, (_, index) => numberOf(index, which, place));
          const wanted = exact.reduce((sum, each) => sum + each, 0);
          if (Math.abs(number - wanted) > 1e-6) expect(number).to.be.closeTo(wanted, 1e-6, `${which}, ${place}`);
        }
      }
    });
  }

  it('takes fewer numbers than there are workers, and means of them', async () => {
    const results = await exchanged(await joined(3), () => [1], means);
    const wanted = [0, 1, 2].reduce((sum, index) => sum + numberOf(index, 0, 0), 0) / 3;
    for (const [[found]] of results as [number[]][]) expect(found).to.be.closeTo(wanted, 1e-7);
  });

  it('goes on from one exchange to the next, with the tensors of each', async () => {
    const put: Put = (collective, own) => collective.means(collective.sums(own));
    const results = await exchanged(await joined(2), () => [5], put, 3);
    const wanted = 3 * (numberOf(0, 0, 4) + numberOf(1, 0, 4));
    for (const [found] of results) expect(found![4]).to.be.closeTo(wanted, 1e-6);
  });

  it('leaves what it is given as it was, where that is used again', async () => {
    const put: Put = (collective, own) => [...collective.sums(own), ...own.map((tensor) => tf.neg(tensor))];
    const [, second] = await exchanged(await joined(2), () => [4], put);
    expect(second![1]![3]).to.be.closeTo(-numberOf(1, 0, 3), 1e-7);
  });

  it('refuses other sizes than its own, saying whose', async () => {
    const failures = await exchanged(await joined(2), (index) => [index + 1], sums).catch(String);
    expect(failures).to.match(/worker [01] exchanges [12] numbers in exchange 1, and this one [12]/);
  });

  it('fails when a worker has gone, saying which', async () => {
    const [first, second] = await joined(2);
    second!.close();
    const failure = await exchanged([first!], () => [1_000_000], sums).catch(String);
    expect(failure).to.match(/the connection with worker 1 has ended/);
  });

  it('does not listen to strangers', async () => {
    const { rings, places } = listening(2);
    const stranger = connect(places[1]!.port, HOST);
    stranger.on('error', () => undefined).end(Buffer.alloc(16, 7));
    await sleep(50);
    await Promise.all(rings.map((ring, index) => ring.join(index, places, KEY, 10)));
    const results = await exchanged(rings, () => [1], sums);
    expect(results[0]).to.deep.equal(results[1]);
    stranger.destroy();
  });

  it('says who has not come in time, and where nobody listens', async () => {
    const { rings, places } = listening(2);
    expect(await rings[0]!.join(0, places, KEY, 0.2).catch(String)).to.match(/worker 1 has not come .* in time/);
    const nobody = [{ host: HOST, port: 1, name: 'nobody' }, places[1]!];
    expect(await rings[1]!.join(1, nobody, KEY, 0.2).catch(String)).to.match(
      /worker 0 cannot be reached at 127\.0\.0\.1:1: Connection refused/,
    );
  });
});
